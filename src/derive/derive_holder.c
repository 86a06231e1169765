#include "derive/derive_holder.h"

#include <pthread.h>

#include "base/mem.h"

struct DeriveHolder {
    pthread_mutex_t lock; /* protects current */
    Derive *current;
};

DeriveHolder *derive_holder_new(Derive *derive, Error *err)
{
    DeriveHolder *holder = mem_calloc(1, sizeof *holder, err);
    if (!holder)
        return NULL;
    pthread_mutex_init(&holder->lock, NULL);
    holder->current = derive;
    return holder;
}

void derive_holder_free(DeriveHolder *holder)
{
    if (!holder)
        return;
    derive_release(holder->current);
    pthread_mutex_destroy(&holder->lock);
    mem_free(holder);
}

Derive *derive_holder_get(DeriveHolder *holder)
{
    pthread_mutex_lock(&holder->lock);
    Derive *current = derive_keep(holder->current);
    pthread_mutex_unlock(&holder->lock);
    return current;
}

bool derive_holder_reload(DeriveHolder *holder, const Config *config, bool *ret_changed, Error *err)
{
    Derive *next;
    Derive *before = derive_holder_get(holder);
    bool ok = derive_reload(before, config, &next, err);
    if (ret_changed)
        *ret_changed = next != before;
    pthread_mutex_lock(&holder->lock);
    Derive *replaced = holder->current;
    holder->current = next;
    pthread_mutex_unlock(&holder->lock);
    derive_release(replaced);
    derive_release(before);
    return ok;
}
