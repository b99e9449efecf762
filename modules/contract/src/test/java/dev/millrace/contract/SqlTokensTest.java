package dev.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.SqlTokens.Kind;
import dev.millrace.contract.SqlTokens.Token;
import org.junit.jupiter.api.Test;

class SqlTokensTest {
    @Test
    void tellsWordsFromStringsAndComments() {
        assertThat(SqlTokens.of(
                        "select 'it\\'s; --' x, `a``b` -- rand()\n/* rand() /* nested */ still */ + r'\\' \"d\""))
                .containsExactly(
                        new Token(Kind.WORD, "select", 1),
                        new Token(Kind.STRING, "'it\\'s; --'", 1),
                        new Token(Kind.WORD, "x", 1),
                        new Token(Kind.SYMBOL, ",", 1),
                        new Token(Kind.QUOTED, "a`b", 1),
                        new Token(Kind.SYMBOL, "+", 2),
                        new Token(Kind.STRING, "r'\\'", 2),
                        new Token(Kind.STRING, "\"d\"", 2));
    }

    @Test
    void letsACommentGoOnAfterABackslash() {
        assertThat(SqlTokens.of("-- one \\\n rand()\nx")).containsExactly(new Token(Kind.WORD, "x", 3));
    }

    @Test
    void tellsWhatNeverEnds() {
        assertThat(SqlTokens.of("x\n'y")).contains(new Token(Kind.UNENDED, "'", 2));
        assertThat(SqlTokens.of("x\n`y")).contains(new Token(Kind.UNENDED, "`", 2));
        assertThat(SqlTokens.of("x\n/* /* */ y")).contains(new Token(Kind.UNENDED, "/*", 2));
    }
}
