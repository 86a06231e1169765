/* asff.h - findings as AWS Security Hub's BatchImportFindings takes them.
 *
 * story -> [asff] -> hunt, findings export, Security Hub
 *
 * Schema 2018-10-08 ("securityhub", section 1). The product is ours: the private product of the
 * account that imports. CreatedAt is the time of the first match and UpdatedAt that of the last: an
 * import that is repeated changes nothing, one with later matches updates the finding.
 */
#ifndef FINDINGS_ASFF_H
#define FINDINGS_ASFF_H

#include "findings/story.h"

/* Appends one finding as a JSON object; texts longer than the schema allows are cut. */
bool asff_append(const Story *finding, Buf *out, Error *err) __attribute__((warn_unused_result));

/* Appends the Id and the ProductArn that a finding of ours has in ASFF; *id* is its own. */
bool asff_append_id(Str region, Str account, Str id, Buf *out, Error *err)
    __attribute__((warn_unused_result));
bool asff_append_product(Str region, Str account, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
