package dev.millrace.local.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.LandingHour;
import dev.millrace.job.JobException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final LandingHour FROM = LandingHour.of("2026-01-05T00");
    private static final String LISTS =
            "\\{\\\\\"enabled\\\\\":\\[[^\\]{}]*\\],\\\\\"disabled\\\\\":\\[[^\\]{}]*\\]\\}";
    private static final Pattern GOOD_EVENT =
            Pattern.compile("\\{\"id\":\"([0-9a-f-]{36})\",\"datetime\":\"2026-01-0[567] [0-9]{2}:[0-9]{2}:[0-9]{2}\""
                    + ",\"domain\":\"[a-zA-Z.-]+\",\"type\":\"(pageview|consent\\.asked|consent\\.given)\""
                    + ",\"user\":\\{\"id\":\"[0-9a-f-]{36}\",\"country\":(\"[A-Z]{2}\"|null),\"token\":\"\\{\\\\\"vendors\\\\\":"
                    + LISTS + ",\\\\\"purposes\\\\\":" + LISTS
                    + "\\}\"\\}(,\"sdk\":\\{\"version\":\"4.2\",\"tags\":\\[1,2,\\{\\}\\]\\})?\\}");
    private static final Pattern GOOD_CHECKIN = Pattern.compile("([a-z.]*| {2}),(?!2023-02-30)"
            + "([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(\\.([0-9]{3,6}))? UTC"
            + "|[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2} [AP]M"
            + "|[0-9]{1,2} [а-я]+ [0-9]{4} [0-9]{2}:[0-9]{2})"
            + ",[0-9]{1,2}\\.[0-9],([a-z0-9-]+|\"research, applied\"|\"the \"\"big\"\" one\")");

    @Test
    void givesTheSameBytesForTheSameRequest() {
        for (String pipeline : Samples.pipelines()) {
            SampleRequest request = new SampleRequest(FROM, 2, 7, 20_000, 2);

            assertThat(digest(pipeline, request)).isEqualTo(digest(pipeline, request));
            assertThat(digest(pipeline, request))
                    .isNotEqualTo(digest(pipeline, new SampleRequest(FROM, 2, 8, 20_000, 2)));
        }
    }

    @Test
    void countsTheConsentsThatItWrites() throws IOException {
        List<SampleObject> objects = new ArrayList<>();
        SampleCounts counts = Samples.write("consents", new SampleRequest(FROM, 2, 7, 20_000, 2), objects::add);

        Set<String> ids = new HashSet<>();
        long clean = 0;
        long bad = 0;
        long cut = 0;
        long severalMembers = 0;
        for (SampleObject object : objects) {
            Inflated inflated = Inflated.of(object.bytes());
            for (String record : inflated.text().replace("}{", "}\n{").split("\n")) {
                Matcher good = GOOD_EVENT.matcher(record);
                if (good.matches()) {
                    clean++;
                    ids.add(good.group(1));
                } else if (!(inflated.cutOff() && inflated.text().endsWith(record))) {
                    bad++;
                }
            }
            cut += inflated.cutOff() ? 1 : 0;
            severalMembers += inflated.members() > 1 ? 1 : 0;
        }

        assertThat(counts.objects()).isEqualTo(objects.size());
        assertThat(counts.landed()).isEqualTo(clean + bad + cut);
        assertThat(counts.clean()).isEqualTo(clean);
        assertThat(counts.duplicates()).isEqualTo(clean - ids.size()).isBetween(300L, 500L);
        assertThat(counts.quarantined())
                .containsEntry("damaged-compression", cut)
                .containsOnlyKeys(
                        "damaged-compression",
                        "invalid-time",
                        "invalid-utf8",
                        "malformed",
                        "malformed-text",
                        "missing",
                        "nul",
                        "wrong-type");
        assertThat(cut).isEqualTo(4);
        assertThat(severalMembers).isGreaterThan(cut);
        assertThat(objects).allMatch(object -> object.key().startsWith("events/datehour=2026-01-0"));
        assertThat(objects.stream().filter(object -> object.key().endsWith(".json")))
                .as("plain ones")
                .isNotEmpty();
    }

    @Test
    void countsTheCheckinsThatItWrites() throws IOException {
        List<SampleObject> objects = new ArrayList<>();
        SampleCounts counts = Samples.write("checkins", new SampleRequest(FROM, 5, 7, 20_500, 1), objects::add);

        long clean = 0;
        long repeats = 0;
        long bad = 0;
        long iso = 0;
        for (SampleObject object : objects) {
            String former = "";
            String[] lines = Inflated.of(object.bytes()).text().split("\r?\n");
            assertThat(lines[0]).isEqualTo("user,timestamp,hours,project");
            for (String line : List.of(lines).subList(1, lines.length)) {
                if (line.isEmpty()) {
                    continue;
                }
                if (GOOD_CHECKIN.matcher(line).matches()) {
                    clean++;
                    repeats += line.equals(former) ? 1 : 0;
                    iso += line.contains(" UTC,") ? 1 : 0;
                } else {
                    bad++;
                }
                former = line;
            }
        }

        assertThat(counts.landed()).isEqualTo(20_500).isEqualTo(clean + bad);
        assertThat(counts.clean()).isEqualTo(clean);
        assertThat(counts.repeats()).isEqualTo(repeats).isBetween(600L, 800L);
        assertThat(counts.base()).isEqualTo(clean);
        assertThat(iso * 100 / clean).isBetween(89L, 91L);
        assertThat(objects.get(0).key())
                .matches("checkins/2026/01/05/06/checkins-1-2026-01-05-06-00-00-[0-9a-f-]{36}\\.gz");
    }

    @Test
    void benchmarksWithCleanEventsOfWhichOneInAHundredIsACopy() throws IOException {
        List<SampleObject> objects = new ArrayList<>();
        SampleCounts counts = BenchSample.write(FROM, 1, 50_000, objects::add);

        Set<String> ids = new HashSet<>();
        long events = 0;
        for (SampleObject object : objects) {
            for (String record : Inflated.of(object.bytes()).text().split("\n")) {
                Matcher good = GOOD_EVENT.matcher(record);
                assertThat(good.matches()).as(record).isTrue();
                ids.add(good.group(1));
                events++;
            }
        }
        assertThat(objects).hasSize(24);
        assertThat(events).isEqualTo(50_000).isEqualTo(counts.landed()).isEqualTo(counts.clean());
        assertThat(counts.duplicates()).isEqualTo(events - ids.size()).isBetween(400L, 600L);
    }

    @Test
    void leavesSmallHoursClean() {
        SampleCounts counts = Samples.write("consents", new SampleRequest(FROM, 1, 7, 100, 1), object -> {});

        assertThat(counts.landed()).isEqualTo(100).isEqualTo(counts.base());
    }

    @Test
    void saysWhatItHoldsForPeopleAndPrograms() {
        SampleCounts counts = Samples.write("checkins", new SampleRequest(FROM, 1, 7, 1_000, 1), object -> {});

        assertThat(counts.json())
                .startsWith("{\"objects\":1,\"bytes\":")
                .contains("\"landed\":1000", "\"quarantined\":{");
        assertThat(counts.text()).contains("1,000 records in 1 objects", "field-count");
    }

    @Test
    void refusesWhatMakesNoSample() {
        assertThatThrownBy(() -> new SampleRequest(FROM, 0, 7, 100, 1)).hasMessageContaining("1 to 3660 days, not 0");
        assertThatThrownBy(() -> Samples.write("logins", new SampleRequest(FROM, 1, 7, 100, 1), object -> {}))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'logins'");
    }

    private static String digest(String pipeline, SampleRequest request) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Samples.write(pipeline, request, object -> {
                digest.update(object.key().getBytes(StandardCharsets.UTF_8));
                digest.update(object.bytes());
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** What an object says, by the JDK's own reader. */
    private record Inflated(String text, boolean cutOff, int members) {

        static Inflated of(byte[] bytes) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean gzip = bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
            boolean cutOff = false;
            try (InputStream in =
                    gzip ? new GZIPInputStream(new ByteArrayInputStream(bytes)) : new ByteArrayInputStream(bytes)) {
                for (int next = in.read(); next >= 0; next = in.read()) {
                    out.write(next);
                }
            } catch (EOFException e) {
                cutOff = true;
            }
            // A byte that is no UTF-8 becomes a character that no good record has.
            return new Inflated(out.toString(StandardCharsets.UTF_8), cutOff, members(bytes));
        }

        private static int members(byte[] bytes) {
            Matcher headers = Pattern.compile("\\x1f\\x8b\\x08\\x00{6}\\xff")
                    .matcher(new String(bytes, StandardCharsets.ISO_8859_1));
            int members = 0;
            while (headers.find()) {
                members++;
            }
            return members;
        }
    }
}
