package dev.millrace.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A page of docs/reference that is written from the code: the code is the source, the page its copy for readers. */
public final class ReferencePage {
    private static final String WRITE = "millrace.docs";
    private static final Path FOLDER = Path.of("../../docs/reference");

    private final String name;
    private final StringBuilder text = new StringBuilder();

    private ReferencePage(String name) {
        this.name = name;
    }

    public static ReferencePage of(String name, String title) {
        ReferencePage page = new ReferencePage(name);
        page.text.append("# ").append(title).append('\n');
        return page;
    }

    public ReferencePage heading(String heading) {
        text.append("\n## ").append(heading).append('\n');
        return this;
    }

    public ReferencePage paragraph(String paragraph) {
        text.append('\n').append(paragraph.strip()).append('\n');
        return this;
    }

    public ReferencePage table(List<String> head, List<List<String>> rows) {
        text.append('\n');
        row(head);
        row(head.stream().map(cell -> "---").toList());
        rows.forEach(this::row);
        return this;
    }

    private void row(List<String> cells) {
        text.append('|');
        cells.forEach(cell -> text.append(' ').append(cell.replace("|", "\\|")).append(" |"));
        text.append('\n');
    }

    /** Fails where the page differs; with {@code -Dmillrace.docs=write} it is written instead. */
    public void check() throws IOException {
        Path file = FOLDER.resolve(name);
        if (System.getProperty(WRITE, "").equals("write")) {
            Files.writeString(file, text);
        }
        assertThat(Files.exists(file) ? Files.readString(file) : "")
                .as(
                        "docs/reference/%s is written from the code; to write it anew: "
                                + "mvn -pl modules/contract -am test -D%s=write",
                        name, WRITE)
                .isEqualTo(text.toString());
    }
}
