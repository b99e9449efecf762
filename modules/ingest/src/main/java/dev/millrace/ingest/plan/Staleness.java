package dev.millrace.ingest.plan;

import dev.millrace.control.HourBook;
import dev.millrace.control.MadeOf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Says in words what of an hour has changed. */
final class Staleness {
    private static final int NAMED = 3;
    /** Names the id of the key of the contract's masks, where it has some. */
    static final String MASK_KEY = "maskKey";

    private static final String OBJECT = "object:";

    private Staleness() {}

    static List<String> differences(MadeOf before, MadeOf now) {
        List<String> why = new ArrayList<>();
        if (before.parts().containsKey(HourBook.PUBLISHING)) {
            why.add("unfinished attempt");
        }
        if (!String.valueOf(before.parts().get("settings")).equals(now.parts().get("settings"))) {
            why.add("contract or decoder changed");
        }
        if (!Objects.equals(before.parts().get(MASK_KEY), now.parts().get(MASK_KEY))) {
            why.add("mask key changed");
        }
        List<String> late = new ArrayList<>();
        List<String> rewritten = new ArrayList<>();
        List<String> repeat = new ArrayList<>();
        for (Map.Entry<String, String> part : now.parts().entrySet()) {
            if (part.getKey().startsWith(OBJECT)) {
                String object = part.getKey().substring(OBJECT.length());
                String was = before.parts().get(part.getKey());
                if (was == null) {
                    late.add(object);
                } else if (!was.equals(part.getValue())) {
                    (without(was).equals(without(part.getValue())) ? repeat : rewritten).add(object);
                }
            }
        }
        List<String> accepted = before.parts().keySet().stream()
                .filter(part -> part.startsWith(OBJECT) && !now.parts().containsKey(part))
                .map(part -> part.substring(OBJECT.length()))
                .toList();
        name(why, "late object", late);
        name(why, "object rewritten", rewritten);
        name(why, "an equal object landed earlier, or no longer does", repeat);
        name(why, "removal accepted", accepted);
        return why;
    }

    private static String without(String part) {
        return part.replace(" repeat", "");
    }

    private static void name(List<String> why, String what, List<String> objects) {
        if (!objects.isEmpty()) {
            String names = String.join(", ", objects.subList(0, Math.min(NAMED, objects.size())));
            why.add(what + " " + names + (objects.size() > NAMED ? " and " + (objects.size() - NAMED) + " more" : ""));
        }
    }
}
