#include "filter_judge.h"

#include "base/mem.h"
#include "derive/derive.h"
#include "detect/derived.h"
#include "detect/matcher.h"
#include "detection.h"
#include "rules.h"

struct FilterJudge {
    RuleSet *rules;
    Derive *derive;
    Derived *derived;
    Matcher *matcher; /* of the rules */
    FilterRun *run;
    bool passed; /* the record before was not judged */
};

static Str derive(void *context, Document *document)
{
    return derived_write(context, document);
}

FilterJudge *filter_judge_new(const CommandLine *line, const FilterSet *set, Error *err)
{
    FilterJudge *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->rules = rules_open(line, NULL, err);
    self->derive = self->rules ? derive_open(command_config(line), err) : NULL;
    self->derived = self->derive ? derived_new(self->derive, err) : NULL;
    self->matcher = self->derived ? matcher_new_of(self->rules, detection_tries, err) : NULL;
    self->run = self->matcher ? filter_run_new(set, err) : NULL;
    if (!self->run) {
        filter_judge_free(self);
        return NULL;
    }
    document_set_derive(matcher_document(self->matcher), derive, self->derived);
    filter_run_set_derive(self->run, derive, self->derived);
    return self;
}

void filter_judge_free(FilterJudge *self)
{
    if (!self)
        return;
    filter_run_free(self->run);
    matcher_free(self->matcher);
    derived_free(self->derived);
    derive_release(self->derive);
    ruleset_free(self->rules);
    mem_free(self);
}

bool filter_judge_take(FilterJudge *self, const RecordView *view, FilterVerdict *ret,
                       bool *ret_detected, Error *err)
{
    const Rule *const *matched;
    size_t count;
    if (self->passed) {
        matcher_forget(self->matcher);
        filter_run_forget(self->run);
        self->passed = false;
    }
    if (!matcher_run(self->matcher, view, &matched, &count, err))
        return false;
    *ret_detected = count > 0;
    return filter_run_take(self->run, view, count > 0, ret, err);
}

void filter_judge_pass(FilterJudge *self)
{
    self->passed = true;
}

const FilterRun *filter_judge_run(const FilterJudge *self)
{
    return self->run;
}

Document *filter_judge_document(FilterJudge *self)
{
    return matcher_document(self->matcher);
}
