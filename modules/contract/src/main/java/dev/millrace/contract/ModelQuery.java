package dev.millrace.contract;

import dev.millrace.contract.written.At;
import dev.millrace.contract.written.Place;
import dev.millrace.contract.written.Problems;
import dev.millrace.contract.written.Suggestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A model's SQL file: what its header declares, as far as it can be understood, and its text. */
record ModelQuery(
        Path file,
        Optional<At<Period>> period,
        List<At<String>> grain,
        List<At<ModelTable.Input>> inputs,
        String sql,
        List<SqlTokens.Token> tokens) {

    ModelQuery {
        grain = List.copyOf(grain);
        inputs = List.copyOf(inputs);
        tokens = List.copyOf(tokens);
    }

    static ModelQuery read(Path file, String sql, Problems problems) {
        HeaderReader header = new HeaderReader(file, problems);
        header.read(sql);
        return new ModelQuery(file, header.period, header.grain, header.inputs, sql, SqlTokens.of(sql));
    }

    Place place(int line) {
        return new Place(file, line, "");
    }

    private static final class HeaderReader {
        private static final Pattern DECLARATION = Pattern.compile("--\\s*([A-Za-z]+)\\s*:\\s*(.*)");
        private static final Pattern INPUT = Pattern.compile("([^\\s,]+)\\s+reach\\s+(\\S+)");
        private static final Pattern DAYS = Pattern.compile("-([0-9]{1,5})d\\.\\.\\+([0-9]{1,5})d");
        private static final List<String> WORDS = List.of("period", "grain", "input");

        private final Path file;
        private final Problems problems;
        private final Map<String, Integer> seen = new TreeMap<>();
        private Optional<At<Period>> period = Optional.empty();
        private final List<At<String>> grain = new ArrayList<>();
        private final List<At<ModelTable.Input>> inputs = new ArrayList<>();

        HeaderReader(Path file, Problems problems) {
            this.file = file;
            this.problems = problems;
        }

        void read(String sql) {
            List<String> lines = sql.lines().map(String::strip).toList();
            boolean inHeader = true;
            for (int number = 1; number <= lines.size(); number++) {
                String line = lines.get(number - 1);
                inHeader = inHeader && (line.isEmpty() || line.startsWith("--"));
                Matcher declaration = DECLARATION.matcher(line);
                if (declaration.matches()) {
                    String word = declaration.group(1).toLowerCase(Locale.ROOT);
                    declaration(
                            new Place(file, number, ""),
                            word,
                            declaration.group(2).strip(),
                            inHeader);
                }
            }
            Place whole = Place.of(file);
            if (!seen.containsKey("period")) {
                problems.add(whole, "the header lacks '-- period: ' and one of " + periods());
            }
            if (!seen.containsKey("grain")) {
                problems.add(whole, "the header lacks '-- grain: ' and the columns that tell one row from another");
            }
            if (!seen.containsKey("input")) {
                problems.add(
                        whole, "the header lacks '-- input: ', a table and its reach, such as 'events reach same'");
            }
        }

        private void declaration(Place place, String word, String value, boolean inHeader) {
            if (!WORDS.contains(word)) {
                if (inHeader) {
                    problems.add(
                            place,
                            "a model's header has no '" + word + "'; allowed: period, grain, input"
                                    + Suggestion.forWord(word, WORDS));
                }
                return;
            }
            if (!inHeader) {
                problems.add(place, "'" + word + "' stands below the first line of SQL, where the header has ended");
                return;
            }
            Integer earlier = seen.putIfAbsent(word, place.line());
            switch (word) {
                case "input" -> input(place, value);
                case "grain" -> {
                    if (refuseSecond(place, word, earlier)) {
                        grain(place, value);
                    }
                }
                default -> {
                    if (refuseSecond(place, word, earlier)) {
                        period(place, value);
                    }
                }
            }
        }

        private boolean refuseSecond(Place place, String word, @Nullable Integer earlier) {
            if (earlier != null) {
                problems.add(place, "the header has a '" + word + "' in line " + earlier + " already");
            }
            return earlier == null;
        }

        private void period(Place place, String value) {
            Period found = ContractSettings.periods().get(value);
            if (found == null) {
                problems.add(
                        place,
                        "'" + value + "' is no period; allowed: " + periods()
                                + Suggestion.forWord(
                                        value, ContractSettings.periods().keySet()));
            } else {
                period = Optional.of(new At<>(found, place));
            }
        }

        private void grain(Place place, String value) {
            for (String part : value.split(",", -1)) {
                String column = part.strip();
                if (column.isEmpty()) {
                    problems.add(place, "the grain has an empty part; allowed: columns with ',' between them");
                } else if (grain.stream().anyMatch(other -> other.value().equals(column))) {
                    problems.add(place, "the grain names '" + column + "' twice");
                } else {
                    grain.add(new At<>(column, place));
                }
            }
        }

        private void input(Place place, String value) {
            Matcher matcher = INPUT.matcher(value);
            if (!matcher.matches()) {
                problems.add(
                        place,
                        "'" + value + "' is no input; allowed: a table, 'reach' and same, all or days such as "
                                + "-1d..+7d, in a line of its own for each");
                return;
            }
            String table = matcher.group(1);
            if (inputs.stream().anyMatch(other -> other.value().table().equals(table))) {
                problems.add(place, "the input '" + table + "' is declared twice");
                return;
            }
            Optional<ModelTable.Reach> reach = reach(matcher.group(2));
            if (reach.isEmpty()) {
                problems.add(
                        place,
                        "'" + matcher.group(2) + "' is no reach; allowed: same, all or days such as -1d..+7d"
                                + Suggestion.forWord(matcher.group(2), List.of("same", "all")));
            }
            reach.ifPresent(found -> inputs.add(new At<>(new ModelTable.Input(table, found), place)));
        }

        private static Optional<ModelTable.Reach> reach(String text) {
            Matcher days = DAYS.matcher(text);
            if (days.matches()) {
                return Optional.of(
                        new ModelTable.Reach.Days(Integer.parseInt(days.group(1)), Integer.parseInt(days.group(2))));
            }
            return switch (text) {
                case "same" -> Optional.of(new ModelTable.Reach.Same());
                case "all" -> Optional.of(new ModelTable.Reach.All());
                default -> Optional.empty();
            };
        }

        private static String periods() {
            return String.join(", ", ContractSettings.periods().keySet());
        }
    }
}
