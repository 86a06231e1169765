#include "collect/folder.h"

#include "base/file.h"
#include "base/mem.h"

/* What the visitor needs besides the walk's own context. */
typedef struct Listing {
    ObjectList *list;
    FolderTrouble trouble;
    void *context;
} Listing;

/* Files beside copied buckets that spoor verify reads: no objects of theirs. */
static const char *const BESIDE[] = {"list-public-keys.json", "s3-object-metadata.json"};

static bool visit(void *context, const char *path, const FileInfo *info, Error *err)
{
    Listing *listing = context;
    for (size_t i = 0; i < sizeof BESIDE / sizeof *BESIDE; i++)
        if (str_equal(str_base_name(str_of(path)), str_of(BESIDE[i])))
            return true;
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
