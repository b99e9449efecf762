package dev.millrace.ingest.decode;

import dev.millrace.contract.Origin;
import dev.millrace.contract.Pointer;
import dev.millrace.contract.SourceColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The members that a table's columns take, as trees of names. Nodes are numbered so that a node's descendants follow it
 * directly. Node 0 is the record; each text to look within has a tree, and a root, of its own.
 */
final class JsonShape {
    static final int NONE = -1;
    /** Which of the texts to look within a message's body is. */
    static final int BODY_TEXT = 0;

    private static final String BODY = "body";
    private static final long NEVER = -1L;

    /** For each node, its name in UTF-8 and that name with its closing quote as a word. */
    final byte[][] names;
    /** The first eight bytes of name and closing quote; a name that a record can only write with escapes equals none. */
    final long[] words;

    final long[] masks;
    final int[] firstChild;
    final int[] nextSibling;
    /** One past the last descendant. */
    final int[] descendantsEnd;
    /** For each column, its node or {@link #NONE}. */
    final int[] columnNode;
    /** For each column, its position among the texts to look within, or {@link #NONE}. */
    final int[] columnText;
    /** Nodes that hold texts to look within, and the roots of what is inside. */
    final int[] textNode;

    final int[] textRoot;
    /** For each text, the text before it that it stands in, or {@link #NONE}. */
    final int[] textParent;

    private JsonShape(List<SourceColumn> columns, boolean isMessage) {
        Tree outer = new Tree("");
        Texts texts = new Texts();
        Tree[] columnTree = new Tree[columns.size()];
        columnText = new int[columns.size()];
        Arrays.fill(columnText, NONE);
        if (isMessage) {
            texts.in(outer.child(BODY), NONE);
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).origin() instanceof Origin.Member member) {
                List<String> way = member.pointer().members();
                Tree at = outer;
                if (isMessage && way.size() > 1 && way.get(0).equals(BODY)) {
                    columnText[i] = BODY_TEXT;
                    at = texts.inner.get(BODY_TEXT);
                    way = way.subList(1, way.size());
                }
                at = at.at(new Pointer(way));
                if (member.within().isPresent()) {
                    columnText[i] = texts.in(at, columnText[i]);
                    at = texts.inner.get(columnText[i]).at(member.within().get());
                }
                columnTree[i] = at;
            }
        }
        List<Tree> nodes = new ArrayList<>();
        outer.number(nodes);
        texts.inner.forEach(tree -> tree.number(nodes));
        int count = nodes.size();
        names = new byte[count][];
        words = new long[count];
        masks = new long[count];
        firstChild = new int[count];
        nextSibling = new int[count];
        descendantsEnd = new int[count];
        Arrays.fill(nextSibling, NONE);
        for (int node = 0; node < count; node++) {
            Tree tree = nodes.get(node);
            names[node] = tree.name.getBytes(StandardCharsets.UTF_8);
            word(node);
            firstChild[node] = tree.children.isEmpty() ? NONE : tree.children.get(0).number;
            for (int i = 1; i < tree.children.size(); i++) {
                nextSibling[tree.children.get(i - 1).number] = tree.children.get(i).number;
            }
            descendantsEnd[node] = tree.end;
        }
        columnNode = new int[columns.size()];
        for (int i = 0; i < columnNode.length; i++) {
            Tree tree = columnTree[i];
            columnNode[i] = tree == null ? NONE : tree.number;
        }
        textNode = texts.holders.stream().mapToInt(tree -> tree.number).toArray();
        textRoot = texts.inner.stream().mapToInt(tree -> tree.number).toArray();
        textParent = texts.parents.stream().mapToInt(Integer::intValue).toArray();
    }

    static JsonShape of(List<SourceColumn> columns) {
        return new JsonShape(columns, false);
    }

    /** The shape of messages whose {@code body} is the text at {@link #BODY_TEXT}. */
    static JsonShape ofMessages(List<SourceColumn> columns) {
        return new JsonShape(columns, true);
    }

    int nodes() {
        return names.length;
    }

    private void word(int node) {
        byte[] name = names[node];
        byte[] quoted = Arrays.copyOf(name, Math.max(name.length + 1, 8));
        quoted[name.length] = '"';
        masks[node] = name.length >= 7 ? -1L : (1L << (8 * (name.length + 1))) - 1;
        words[node] = Words.at(quoted, 0) & masks[node];
        for (byte c : name) {
            if (c >= 0 && c < ' ' || c == '"' || c == '\\') {
                masks[node] = 0;
                words[node] = NEVER;
            }
        }
    }

    /** Texts to look within, those that others stand in before these. */
    private static final class Texts {
        private final List<Tree> holders = new ArrayList<>();
        private final List<Tree> inner = new ArrayList<>();
        private final List<Integer> parents = new ArrayList<>();

        /** The text that is held there. */
        private int in(Tree holder, int parent) {
            int text = holders.indexOf(holder);
            if (text < 0) {
                text = holders.size();
                holders.add(holder);
                inner.add(new Tree(""));
                parents.add(parent);
            }
            return text;
        }
    }

    private static final class Tree {
        private final String name;
        private final List<Tree> children = new ArrayList<>();
        private int number;
        private int end;

        private Tree(String name) {
            this.name = name;
        }

        private Tree at(Pointer pointer) {
            Tree tree = this;
            for (String member : pointer.members()) {
                tree = tree.child(member);
            }
            return tree;
        }

        private Tree child(String member) {
            for (Tree child : children) {
                if (child.name.equals(member)) {
                    return child;
                }
            }
            Tree child = new Tree(member);
            children.add(child);
            return child;
        }

        private void number(List<Tree> nodes) {
            number = nodes.size();
            nodes.add(this);
            children.forEach(child -> child.number(nodes));
            end = nodes.size();
        }
    }
}
