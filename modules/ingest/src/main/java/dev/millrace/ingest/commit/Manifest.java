package dev.millrace.ingest.commit;

import java.util.List;

/** Written beside the data before each commit and never changed: from these all but the catalog can be made again. */
record Manifest(String planId, String table, long fence, List<ExaminedHour> hours) {}
