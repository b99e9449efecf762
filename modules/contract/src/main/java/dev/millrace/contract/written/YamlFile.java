package dev.millrace.contract.written;

import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a YAML 1.2 file, of which JSON is a part, without losing where each value stood. */
public final class YamlFile {
    private final Path file;
    private final Problems problems;
    /** The collections that the value being read lies in: an alias may make one contain itself. */
    private final Set<Node> around = new HashSet<>();

    private YamlFile(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The file's top mapping; empty, with the reasons among the problems, where it cannot be read as one. */
    public static Optional<Written.Members> read(Path file, Problems problems) {
        return new YamlFile(file, problems).read();
    }

    private Optional<Written.Members> read() {
        try {
            Optional<Node> root = new Compose(
                            LoadSettings.builder().setLabel(file.toString()).build())
                    .composeString(Files.readString(file));
            if (root.isEmpty()) {
                problems.add(Place.of(file), "the file is empty");
                return Optional.empty();
            }
            Written written = written(root.get(), new Place(file, line(root.get()), ""));
            if (written instanceof Written.Members members) {
                return Optional.of(members);
            }
            problems.add(
                    written.place(), "the file must be a mapping of names to values, but this is " + written.kind());
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
            String context = e.getContext() == null ? "" : " " + e.getContext();
            problems.add(new Place(file, line, ""), "this is no YAML: " + e.getProblem() + context);
        } catch (YamlEngineException e) {
            problems.add(Place.of(file), "this is no YAML: " + e.getMessage());
        } catch (CharacterCodingException e) {
            problems.add(Place.of(file), "the file is not UTF-8");
        } catch (NoSuchFileException e) {
            throw new JobException(ExitCode.USAGE, "there is no file " + file, e);
        } catch (IOException e) {
            throw new JobException(ExitCode.USAGE, "cannot read " + file + ": " + e.getMessage(), e);
        }
        return Optional.empty();
    }

    private Written written(Node node, Place place) {
        if (node instanceof ScalarNode scalar) {
            return new Written.Scalar(place, scalar.getValue(), form(scalar.getTag()));
        }
        if (!around.add(node)) {
            problems.add(place, "this value contains itself through an alias");
            return new Written.Scalar(place, "", Written.Scalar.Form.NOTHING);
        }
        try {
            if (node instanceof SequenceNode sequence) {
                List<Written> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(written(item, place.item(items.size(), line(item))));
                }
                return new Written.Items(place, items);
            }
            if (node instanceof MappingNode mapping) {
                return members(mapping, place);
            }
            throw new IllegalStateException("a node that is no scalar, sequence or mapping: " + node);
        } finally {
            around.remove(node);
        }
    }

    private Written.Members members(MappingNode mapping, Place place) {
        List<Written.Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode name)) {
                problems.add(new Place(file, line(key), place.path()), "a name must be a text");
                continue;
            }
            Place namePlace = place.member(name.getValue(), line(key));
            if (!names.add(name.getValue())) {
                problems.add(namePlace, "'" + name.getValue() + "' is written twice; keep one of them");
                continue;
            }
            Node value = tuple.getValueNode();
            // The value's own line: it may be far below its name, or where its anchor is.
            Written written = written(value, place.member(name.getValue(), line(value)));
            members.add(new Written.Member(namePlace, name.getValue(), written));
        }
        return new Written.Members(place, members);
    }

    private static Written.Scalar.Form form(Tag tag) {
        if (tag.equals(Tag.NULL)) {
            return Written.Scalar.Form.NOTHING;
        }
        if (tag.equals(Tag.BOOL)) {
            return Written.Scalar.Form.TRUTH;
        }
        return tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) ? Written.Scalar.Form.NUMBER : Written.Scalar.Form.TEXT;
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
