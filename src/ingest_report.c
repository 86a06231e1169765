#include "ingest_report.h"

void ingest_report_add(IngestReport *sum, const IngestReport *more)
{
    sum->ingested += more->ingested;
    sum->quarantined += more->quarantined;
    sum->incomplete += more->incomplete;
    sum->records_read += more->records_read;
    sum->records_kept += more->records_kept;
    sum->records_duplicate += more->records_duplicate;
    sum->records_dropped += more->records_dropped;
    sum->records_conflicting += more->records_conflicting;
    sum->records_quarantined += more->records_quarantined;
    sum->pieces_quarantined += more->pieces_quarantined;
    sum->signals += more->signals;
    sum->signals_packed += more->signals_packed;
    sum->bytes += more->bytes;
    sum->inflated_bytes += more->inflated_bytes;
    sum->lake_bytes += more->lake_bytes;
    sum->files += more->files;
    sum->parts += more->parts;
}
