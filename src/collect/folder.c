#include "collect/folder.h"

#include "base/file.h"
#include "base/mem.h"

/* What the visitor needs besides the walk's own context. */
typedef struct Listing {
    ObjectList *list;
    FolderTrouble trouble;
    void *context;
} Listing;

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Listing *listing = context;
    return object_list_add(listing->list, path, info->bytes, info->modified_ns, err);
}

static void tell(void *context, const char *path, const Error *trouble)
{
    Listing *listing = context;
    if (listing->trouble)
        listing->trouble(listing->context, path, trouble);
}

bool folder_list(ObjectList *list, const char *path, FolderTrouble trouble, void *context,
                 Error *err)
{
    Listing listing = {list, trouble, context};
    char *real = file_real_path(path, err);
    bool ok = real && file_walk(real, visit, tell, &listing, err);
    mem_free(real);
    return ok;
}
