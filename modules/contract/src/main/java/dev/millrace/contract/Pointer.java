package dev.millrace.contract;

import java.util.ArrayList;
import java.util.List;

/** A JSON pointer (RFC 6901) to a member of nested objects. */
public record Pointer(List<String> members) {
    public Pointer {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a pointer names at least one member");
        }
    }

    public static Pointer of(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("a JSON pointer begins with '/': '" + text + "'");
        }
        List<String> members = new ArrayList<>();
        for (String part : text.substring(1).split("/", -1)) {
            members.add(part.replace("~1", "/").replace("~0", "~"));
        }
        return new Pointer(members);
    }

    /** The pointer that reaches one member further. */
    public Pointer then(String member) {
        List<String> further = new ArrayList<>(members);
        further.add(member);
        return new Pointer(further);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String member : members) {
            text.append('/').append(member.replace("~", "~0").replace("/", "~1"));
        }
        return text.toString();
    }
}
