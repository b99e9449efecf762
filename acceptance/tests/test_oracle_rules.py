"""The oracle against expectations written by hand from the rule book."""

from __future__ import annotations

import ctypes
import ctypes.util
import gzip
import json
import random
import zlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from oracle.contracts import model_sql, patched_contract
from oracle.decode import CleanRecord, QuarantinedRecord, decode
from oracle.deflate import salvage
from oracle.generate import generate
from oracle.hours import parse_hour
from oracle.json_text import JsonNumber, RanOut, SyntaxFault, parse_text
from oracle.keys import landing_hour
from oracle.objects import open_object
from oracle.operations import ChangeModel, ChangeSettings, Put, Remove, Run, Scenario
from oracle.tables import (
    ALL_DATASETS,
    BOOLEAN,
    CHECKINS,
    CONSENTS,
    DATASETS,
    TEXT,
    TIMESTAMP,
    Column,
    CsvDialect,
    Field,
    LandingHourText,
    Member,
    Position,
    Routing,
    SourceTable,
    Type,
    default_settings,
    source_table,
    source_tables,
)
from oracle.world import ObjectBook, PeriodBook, RunReport, World

HOUR = parse_hour("2026-01-05T03")
EVENT = (
    b'{"id":"1c269ade","datetime":"2021-01-23 10:23:51","domain":"www.domain-A.eu","type":"pageview",'
    b'"user":{"id":"1705c98b","country":"FR","token":"{\\"vendors\\":{\\"enabled\\":[],\\"disabled\\":[]},'
    b'\\"purposes\\":{\\"enabled\\":[],\\"disabled\\":[]}}"}}'
)
CSV = """user,timestamp,hours,project
ned,2019-09-27 00:00:00 UTC,8.0,bizdev
robert,09/27/2019 12:00 AM,8.0,bizdev
ned,26 сентября 2019 00:00,4.0,bizdev
catelyn,2018-11-26 14:47:36.0429 UTC,0.6,opsandadmin
""".encode()

Summary = list[tuple[Any, ...]]


def _json_table(*columns: Column, **settings: Any) -> SourceTable:
    return SourceTable("t", "t/", "firehose", "json", columns, (), None, "day", **settings)


def _csv_table(*columns: Column, **settings: Any) -> SourceTable:
    return SourceTable("t", "t/", "firehose", "csv", columns, (), None, "day", **settings)


A_TEXT = _json_table(Column("a", TEXT, Member("/a")))
TWO_FIELDS = _csv_table(Column("a", TEXT, Field("a")), Column("b", TEXT, Field("b")))


def _summary(table: SourceTable, landed: bytes) -> Summary:
    """Values of clean records; reason and payload of the others."""
    records = decode(table, landed, HOUR)
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    return [record.values if isinstance(record, CleanRecord) else (record.reason, record.payload) for record in records]


def _value(kind: Type, text: str, formats: tuple[str, ...] = ("iso",), is_csv: bool = False) -> Any:
    """The one column's value, or the reason why there is none. ``text`` is JSON, or a CSV field."""
    if is_csv:
        table = _csv_table(Column("v", kind, Field("v"), time_formats=formats), Column("w", TEXT, Field("w")))
        (record,) = decode(table, f"v,w\n{text},x\n".encode(), HOUR)
    else:
        table = _json_table(Column("v", kind, Member("/v"), time_formats=formats))
        (record,) = decode(table, f'{{"v":{text}}}'.encode("utf-8", "surrogatepass"), HOUR)
    if isinstance(record, QuarantinedRecord):
        assert record.pointer == "/v"
        return record.reason
    return record.values[0]


def _time(text: str, *formats: str) -> Any:
    return _value(TIMESTAMP, json.dumps(text), formats or ("iso",))


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


class TestObjects:
    def test_is_found_in_its_hour_by_the_layout_of_its_key(self) -> None:
        consents, checkins = source_table(CONSENTS), source_table(CHECKINS)
        assert landing_hour(consents, "events/datehour=2026-01-05-03/part-0.json") == HOUR
        assert landing_hour(checkins, "checkins/2026/01/05/03/checkins-1-2026-01-05-03-00-00-x.gz") == HOUR
        run_in = replace(checkins, prefix="legacy")
        assert landing_hour(run_in, "legacy2026/01/05/03/x") == HOUR

    @pytest.mark.parametrize(
        "key",
        (
            "checkins/2026/01/05/03/",
            "checkins/processing-failed/2026/01/05/03/x",
            "checkins/2026/01/05/24/x",
            "checkins/2026/02/30/03/x",
            "checkins/2026/1/5/03/x",
            "checkins/2026/01/05/03/deeper/x",
            "other/2026/01/05/03/x",
            "checkins/datehour=2026-01-05-03/x",
        ),
    )
    def test_is_left_out_where_its_key_does_not_fit(self, key: str) -> None:
        assert landing_hour(source_table(CHECKINS), key) is None

    def test_is_inflated_by_its_first_bytes_member_after_member(self) -> None:
        inflated = open_object(gzip.compress(b'{"a":') + gzip.compress(b"") + gzip.compress(b'"x"}'))
        assert (inflated.data, inflated.damaged) == (b'{"a":"x"}', False)
        assert open_object(b"\x1f").data == b"\x1f"
        assert open_object(b"").data == b""

    def test_loses_one_byte_order_mark_at_its_very_beginning(self) -> None:
        mark = b"\xef\xbb\xbf"
        assert _summary(A_TEXT, mark + b'{"a":"x"}') == [("x",)]
        assert _summary(A_TEXT, gzip.compress(mark + b'{"a":"x"}')) == [("x",)]
        assert _summary(A_TEXT, b" " + mark + b'{"a":"x"}') == [("malformed", mark + b'{"a":"x"}')]

    def test_without_records_has_none(self) -> None:
        for landed in (b"", b" \r\n\t", gzip.compress(b""), b"\xef\xbb\xbf"):
            assert _summary(A_TEXT, landed) == []
        assert _summary(TWO_FIELDS, b"a,b\n") == []
        assert _summary(TWO_FIELDS, b"\n\r\n\n") == []


class TestDamage:
    TRAILERS = (b"\0", b"\n", b"garbage", b"\x1f", b"\x1f\x8b", b"\x1f\x8b\x08\x00")

    @pytest.mark.parametrize("trailer", TRAILERS)
    def test_after_the_last_member_is_one_record(self, trailer: bytes) -> None:
        assert _summary(A_TEXT, gzip.compress(b'{"a":"x"}\n') + trailer) == [("x",), ("damaged-compression", b"")]

    def test_in_a_checksum_leaves_what_was_inflated(self) -> None:
        landed = bytearray(gzip.compress(b'{"a":"x"}{"a":"y'))
        landed[-8] ^= 1
        assert _summary(A_TEXT, bytes(landed)) == [("x",), ("damaged-compression", b'{"a":"y')]

    def test_in_the_header_leaves_nothing(self) -> None:
        assert _summary(A_TEXT, b"\x1f\x8b") == [("damaged-compression", b"")]
        assert _summary(A_TEXT, b"\x1f\x8b\x09\x00 not gzip") == [("damaged-compression", b"")]

    def test_cuts_off_a_json_record_that_is_none_of_its_own(self) -> None:
        assert _cut_off(A_TEXT, b'{"a":"x"}') == [("x",), ("damaged-compression", b"")]
        assert _cut_off(A_TEXT, b'{"a":"x"} \r\n ') == [("x",), ("damaged-compression", b"")]
        assert _cut_off(A_TEXT, b'{"a":"x"}{"a":\n"y"') == [("x",), ("damaged-compression", b'{"a":\n"y"')]

    def test_cuts_off_a_malformed_record_whose_extent_has_no_end(self) -> None:
        assert _cut_off(A_TEXT, b"oops") == [("damaged-compression", b"oops")]
        assert _cut_off(A_TEXT, b"oops\n") == [("malformed", b"oops"), ("damaged-compression", b"")]
        assert _cut_off(A_TEXT, b"oops}{") == [("malformed", b"oops}"), ("damaged-compression", b"{")]

    def test_keeps_a_record_that_was_too_long_before_the_fault(self) -> None:
        short = replace(A_TEXT, max_record_bytes=10)
        assert _cut_off(short, b'{"a":\n"0123456') == [("too-long", b'{"a":'), ("damaged-compression", b'"0123456')]
        assert _cut_off(short, b'{"a":"01234567') == [("damaged-compression", b'{"a":"01234567')]

    def test_cuts_off_a_csv_record_without_its_line_feed(self) -> None:
        assert _cut_off(TWO_FIELDS, b"a,b\n1,2\n3,4") == [("1", "2"), ("damaged-compression", b"3,4")]
        assert _cut_off(TWO_FIELDS, b"a,b\n1,2\n3,4\r") == [("1", "2"), ("damaged-compression", b"3,4\r")]
        assert _cut_off(TWO_FIELDS, b'a,b\n1,"2\n3') == [("damaged-compression", b'1,"2\n3')]
        assert _cut_off(TWO_FIELDS, b"a,b\n1,2\n\n") == [("1", "2"), ("damaged-compression", b"")]

    def test_within_the_header_leaves_no_record_but_its_own(self) -> None:
        assert [reason for reason, _ in _cut_off(TWO_FIELDS, b"a,b")] == ["damaged-compression"]

    def test_in_the_middle_yields_what_zlib_yields(self) -> None:
        library = ctypes.util.find_library("z")
        if library is None:
            pytest.skip("no zlib to compare with")
        rng = random.Random(1)
        for _ in range(150):
            text = b"".join(rng.choice((b"abcabc", rng.randbytes(3), b'{"a":1}\n')) for _ in range(rng.randrange(80)))
            body = bytearray(zlib.compress(text, rng.choice((0, 1, 9)), wbits=-15))
            for _ in range(rng.choice((1, 1, 2))):
                body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
            cut = bytes(body[: rng.randint(1, len(body))])
            assert salvage(cut) == _zlib_yields(ctypes.CDLL(library), cut), cut.hex()


def _cut_off(table: SourceTable, inflated: bytes) -> Summary:
    whole = gzip.compress(inflated, compresslevel=0)
    assert open_object(whole[:-8]).data == inflated.removeprefix(b"\xef\xbb\xbf")
    return _summary(table, whole[:-8])


class _ZStream(ctypes.Structure):
    _fields_ = (
        ("next_in", ctypes.c_char_p), ("avail_in", ctypes.c_uint), ("total_in", ctypes.c_ulong),
        ("next_out", ctypes.c_void_p), ("avail_out", ctypes.c_uint), ("total_out", ctypes.c_ulong),
        ("msg", ctypes.c_char_p), ("state", ctypes.c_void_p), ("zalloc", ctypes.c_void_p), ("zfree", ctypes.c_void_p),
        ("opaque", ctypes.c_void_p), ("data_type", ctypes.c_int), ("adler", ctypes.c_ulong),
        ("reserved", ctypes.c_ulong),
    )  # fmt: skip


def _zlib_yields(library: Any, body: bytes) -> bytes:
    stream, out = _ZStream(), ctypes.create_string_buffer(1 << 20)
    stream.next_in, stream.avail_in = body, len(body)
    stream.next_out, stream.avail_out = ctypes.addressof(out), len(out)
    library.zlibVersion.restype = ctypes.c_char_p
    assert library.inflateInit2_(ctypes.byref(stream), -15, library.zlibVersion(), ctypes.sizeof(stream)) == 0
    library.inflate(ctypes.byref(stream), 2)
    yielded = out.raw[: stream.total_out]
    library.inflateEnd(ctypes.byref(stream))
    return yielded


class TestJsonRecords:
    @pytest.mark.parametrize("separator", (b"", b"\n", b" ", b"\r\n", b"\n\n", b"\t \n"))
    def test_follow_one_another_with_or_without_white_space(self, separator: bytes) -> None:
        records = [b'{"a":"x"}', b'{\n "a" : "}{"\r\n}', b'{"a":"z"}']
        assert _summary(A_TEXT, separator.join(records)) == [("x",), ("}{",), ("z",)]

    @pytest.mark.parametrize(
        "garbage",
        (
            b"5", b'"s"', b"null", b"NaN", b"}", b"{'a':1}", b'{"a":1,}', b'{"a" 1}', b'{"a":01}',
            b'{"a":1.}', b'{"a":.5}', b'{"a":+1}', b'{"a":1e}', b'{"a":-}', b'{"a":tru}', b'{"a":True}',
            b'{"a":"\\x"}', b'{"a":"\\u12G4"}', b'{"a":"\t"}', b'{"a":"\0"}', b'{"a":NaN}', b'{"a":-Infinity}',
            b'{"a":[1,]}', b'{"a":[1}', b'{,}', b'{a:1}', b'{"a":\xc2\xa01}', b"\0", b'{"a":"never', b"{",
            b'{"a":/**/1}', b"\xef\xbb\xbf{}",
        ),
    )  # fmt: skip
    def test_that_break_the_grammar_are_malformed_up_to_the_next_line_feed(self, garbage: bytes) -> None:
        assert _summary(A_TEXT, b" " + garbage + b'\n{"a":"x"}') == [("malformed", garbage), ("x",)]

    def test_that_break_the_grammar_end_with_the_brace_of_an_adjacent_pair(self) -> None:
        assert _summary(A_TEXT, b'{"a":tru}{"a":"x"}') == [("malformed", b'{"a":tru}'), ("x",)]
        assert _summary(A_TEXT, b'{"a":tru}\n{"a":"x"}') == [("malformed", b'{"a":tru}'), ("x",)]
        assert _summary(A_TEXT, b'{"a":tru} {"a":"x"}') == [("malformed", b'{"a":tru} {"a":"x"}')]
        assert _summary(A_TEXT, b'}{"a":"x"}') == [("malformed", b"}"), ("x",)]
        assert _summary(A_TEXT, b'{"}{":}{}') == [("malformed", b'{"}'), ("malformed", b'{":}'), (None,)]

    def test_that_never_end_stop_at_the_first_line_feed_within(self) -> None:
        assert _summary(A_TEXT, b'{"a":\n"x"') == [("malformed", b'{"a":'), ("malformed", b'"x"')]

    def test_nest_256_deep_and_no_deeper(self) -> None:
        for depth, expected in ((255, (None,)), (256, "malformed")):
            record = b'{"n":' + b"[" * depth + b"]" * depth + b"}"
            assert _summary(A_TEXT, record) == [expected if depth == 255 else (expected, record)]

    def test_longer_than_the_limit_are_too_long(self) -> None:
        table = replace(A_TEXT, max_record_bytes=10)
        assert _summary(table, b'{"a":"xy"}{"a":"xyz"}') == [("xy",), ("too-long", b'{"a":"xyz"}')]
        assert _summary(table, b'{"a":"xyz"}{"a":"x"}') == [("too-long", b'{"a":"xyz"}'), ("x",)]
        assert _summary(table, b'{"a":\n\n\n"x"}') == [("too-long", b'{"a":'), ("malformed", b'"x"}')]

    def test_malformed_in_an_extent_beyond_the_limit_are_too_long(self) -> None:
        table = replace(A_TEXT, max_record_bytes=10)
        assert _summary(table, b"0123456789\n") == [("malformed", b"0123456789")]
        assert _summary(table, b"0123456789a\n") == [("too-long", b"0123456789a")]

    def test_that_never_end_are_too_long_where_more_bytes_follow_than_the_limit(self) -> None:
        table = replace(A_TEXT, max_record_bytes=10)
        assert _summary(table, b'{"a":"xyz\\') == [("malformed", b'{"a":"xyz\\')]
        assert _summary(table, b'{"a":"xyzz') == [("malformed", b'{"a":"xyzz')]
        assert _summary(table, b'{"a":"xyzzz') == [("too-long", b'{"a":"xyzzz')]

    def test_faults_behind_the_limit_are_not_seen(self) -> None:
        table = replace(A_TEXT, max_record_bytes=10)
        assert _summary(table, b'{"a":"x"\t\t,\nx') == [("too-long", b'{"a":"x"\t\t,'), ("malformed", b"x")]
        assert _summary(table, b'{"a":"x":1\nx') == [("malformed", b'{"a":"x":1'), ("malformed", b"x")]
        assert _summary(table, b'{"a":00000\n}') == [("malformed", b'{"a":00000'), ("malformed", b"}")]

    @pytest.mark.parametrize(
        "invalid",
        (b"\xff", b"\xc3", b"\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"),
    )
    def test_that_are_no_utf8_anywhere_are_so_wherever_it_is(self, invalid: bytes) -> None:
        for record in (b'{"a":"%s"}' % invalid, b'{"%s":1,"a":"x"}' % invalid, b'{"other":["%s"],"a":5}' % invalid):
            assert _summary(A_TEXT, record) == [("invalid-utf8", record)]
        assert _summary(A_TEXT, b"{%s}" % invalid) == [("malformed", b"{%s}" % invalid)]

    def test_take_the_last_of_equal_keys_whole(self) -> None:
        table = _json_table(Column("id", TEXT, Member("/u/id")), Column("c", TEXT, Member("/u/c")))
        assert _summary(table, b'{"u":{"id":"x","c":"y"},"u":{"c":"z"}}') == [(None, "z")]
        assert _summary(table, b'{"u":{"id":"x"},"\\u0075":null}') == [(None, None)]

    def test_agree_with_another_parser_about_what_is_json(self) -> None:
        rng = random.Random(2)
        seeds = [
            EVENT.decode(),
            '[1,-0.5e+7,true,false,null,"\\u00e9\\n",{"a":[]}]',
            '{"x":{"y":[[],{}]},"z":"é"}',
            "0",
            '" "',
        ]
        for _ in range(3000):
            text = list(rng.choice(seeds))
            for _ in range(rng.choice((0, 1, 2))):
                text[rng.randrange(len(text))] = rng.choice('{}[]",:\\ 0123eE+-.tfnu\n\t\x01x')
            _assert_same_json("".join(text))


def _assert_same_json(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=_refuse, parse_float=JsonNumber, parse_int=JsonNumber)
    except ValueError:
        with pytest.raises((SyntaxFault, RanOut)):
            parse_text(text.encode())
        return
    assert parse_text(text.encode()) == expected


def _refuse(constant: str) -> None:
    raise ValueError(constant)

    @pytest.mark.parametrize(
        "landed",
        (
            b'[{"a":"x"},{"a":"y"}]', b'[\n{"a":"x"},\n{"a":"y"}\n', b'[{"a":"x"},{"a":"y"},\n',
            b'{"a":"x"},{"a":"y"},', b'[{"a":"x"}][{"a":"y"}]',
            b'[[],{"a":"x"}\n]{"a":"y"}', b'[{"a":"x"}\n{"a":"y"},,]',
        ),
    )  # fmt: skip
    def test_may_be_the_items_of_an_array_closed_or_not(self, landed: bytes) -> None:
        assert _summary(A_TEXT, landed) == [("x",), ("y",)]

    def test_are_none_in_an_array_of_nothing_and_malformed_without_its_brackets(self) -> None:
        assert _summary(A_TEXT, b"[]") == _summary(A_TEXT, b"[") == _summary(A_TEXT, b",\n") == []
        assert _summary(A_TEXT, b"[1,2]\n{}") == [("malformed", b"1,2]"), (None,)]

    def test_in_a_line_with_a_malformed_one_go_with_it(self) -> None:
        assert _summary(A_TEXT, b'[{"a":tru},{"a":"x"}\n,{"a":"y"}]') == [("malformed", b'{"a":tru},{"a":"x"}'), ("y",)]


class TestMessages:
    TABLE = _json_table(
        Column("id", TEXT, Member("/meta/id")),
        Column("a", TEXT, Member("/body/a")),
        Column("b", TEXT, Member("/body/n", "/b")),
        envelope="message",
    )

    def test_hold_a_record_in_their_body(self) -> None:
        body = json.dumps({"a": "x", "n": json.dumps({"b": "y"})})
        assert _summary(self.TABLE, json.dumps({"meta": {"id": "1"}, "body": body}).encode()) == [("1", "x", "y")]
        assert _summary(self.TABLE, b'{"body":"{}"}{"body":"5"}{"body":" null "}') == [(None, None, None)] * 3

    def test_give_their_body_as_a_text_too(self) -> None:
        table = _json_table(Column("body", TEXT, Member("/body")), envelope="message")
        assert _summary(table, b'{"body":" {}"}') == [(" {}",)]

    @pytest.mark.parametrize(
        ("message", "reason"),
        (
            (b"{}", "wrong-type"), (b'{"body":null}', "wrong-type"), (b'{"body":{}}', "wrong-type"),
            (b'{"body":""}', "malformed-text"), (b'{"body":"{} x"}', "malformed-text"),
            (b'{"body":"\\ud800"}', "invalid-utf8"),
        ),
    )  # fmt: skip
    def test_without_json_in_their_body_are_quarantined_before_the_columns(self, message: bytes, reason: str) -> None:
        table = replace(self.TABLE, columns=(Column("id", TEXT, Member("/meta/id"), required=True),))
        assert decode(table, message, HOUR) == [QuarantinedRecord(1, reason, "/body", message)]

    def test_name_the_pointer_as_it_is_written(self) -> None:
        table = _json_table(Column("n", Type("integer"), Member("/body/n")), envelope="message")
        (record,) = decode(table, b'{"body":"{\\"n\\":true}"}', HOUR)
        assert isinstance(record, QuarantinedRecord)
        assert (record.reason, record.pointer) == ("wrong-type", "/body/n")


class TestSharedObjects:
    LANDED = (
        b'[{"a.x":"1"},\n{"b.x":"2"},\n{"c.x":"3"},\n{},\n{"a.x":tru},\n{"z":{"b.x":1},"a.x":"4"},\n{"b.x":"\xff"},\n'
    )

    def test_give_each_table_its_records_and_the_first_the_rest(self) -> None:
        first = _json_table(Column("x", TEXT, Member("/a.x")), routing=Routing("a.", ("b.",)))
        other = _json_table(Column("x", TEXT, Member("/b.x")), routing=Routing("b.", ("a.",), takes_the_rest=False))
        found = [(record.number, getattr(record, "reason", "")) for record in decode(first, self.LANDED, HOUR)]
        assert found == [(1, ""), (3, "unrouted"), (4, "unrouted"), (5, "malformed"), (6, "")]
        found = [(record.number, getattr(record, "reason", "")) for record in decode(other, self.LANDED, HOUR)]
        assert found == [(2, ""), (7, "invalid-utf8")]


class TestCsvRecords:
    def test_hold_fields_as_they_are_written(self) -> None:
        landed = 'b,x,a\r\n1,2," é "\r\n"two\r\nlines",,"say ""so"""\nn"o"t, q,\'\'\n'.encode()
        assert _summary(replace(TWO_FIELDS), landed) == [(" é ", "1"), ('say "so"', "two\r\nlines"), ("''", 'n"o"t')]

    def test_need_no_last_line_end_and_skip_blank_lines(self) -> None:
        assert _summary(TWO_FIELDS, b"\r\n\na,b\n\n\r\n1,2\n\n3,4") == [("1", "2"), ("3", "4")]
        assert _summary(TWO_FIELDS, b'a,b\n1,"2"') == [("1", "2")]

    def test_end_with_lf_or_crlf_and_not_with_cr(self) -> None:
        assert _summary(TWO_FIELDS, b"a,b\n1,2\r3\n4,5\r") == [("1", "2\r3"), ("4", "5\r")]
        assert _summary(TWO_FIELDS, b"a,b\n1,2\r\r\n") == [("1", "2\r")]

    def test_of_blank_fields_hold_nulls(self) -> None:
        assert _summary(TWO_FIELDS, b'a,b\n,\n"", \t\n" ",\x0b') == [(None, None), (None, None), (None, "\x0b")]

    def test_take_the_first_of_equal_headers(self) -> None:
        assert _summary(TWO_FIELDS, b"a,b,a\n1,2,3") == [("1", "2")]

    def test_without_a_column_in_the_header_are_all_quarantined(self) -> None:
        for header in (b"a", b"a,B", b"a, b", b'"a"x,b', b"a,b\xff", b"a;b"):
            reasons = [record[0] for record in _summary(TWO_FIELDS, header + b"\n1,2\n1")]
            assert reasons == ["missing-column", "missing-column"]
        assert _summary(TWO_FIELDS, b'a\n\xff\n"x"y\n1,2,3') == [
            ("invalid-utf8", b"\xff"),
            ("malformed", b'"x"y'),
            ("missing-column", b"1,2,3"),
        ]

    def test_below_a_malformed_header_begin_after_its_first_line_feed(self) -> None:
        assert _summary(TWO_FIELDS, b'a,"b\n1,2\n') == [("missing-column", b"1,2")]

    @pytest.mark.parametrize("line", (b'"x"y,2', b'1,"2" ', b'1,"never', b'"1"\r2,3', b'"', b'"""'))
    def test_with_misplaced_quotes_are_malformed_up_to_the_next_line_feed(self, line: bytes) -> None:
        assert _summary(TWO_FIELDS, b"a,b\n" + line + b"\n3,4") == [("malformed", line), ("3", "4")]

    def test_with_another_number_of_fields_are_quarantined(self) -> None:
        landed = b'a,b\n1\n1,2,3\n""\n 1,2'
        assert _summary(TWO_FIELDS, landed) == [
            ("field-count", b"1"), ("field-count", b"1,2,3"), ("field-count", b'""'), (" 1", "2"),
        ]  # fmt: skip

    def test_longer_than_the_limit_are_too_long(self) -> None:
        table = replace(TWO_FIELDS, max_record_bytes=8)
        assert _summary(table, b"a,b\n1,234567\r\n1,2345678\n1,2") == [
            ("1", "234567"),
            ("too-long", b"1,2345678"),
            ("1", "2"),
        ]
        assert _summary(table, b'a,b\n1,"2\n3456"\n') == [("too-long", b'1,"2'), ("field-count", b'3456"')]
        assert _summary(table, b'a,b\n"2"34567\n"2"345678\n') == [
            ("malformed", b'"2"34567'),
            ("too-long", b'"2"345678'),
        ]
        assert _summary(table, b'a,b\n1,"23456') == [("malformed", b'1,"23456')]
        assert _summary(table, b'a,b\n1,"2\n4567') == [("too-long", b'1,"2'), ("field-count", b"4567")]

    def test_with_invalid_utf8_in_any_field_are_quarantined_before_their_fields_count(self) -> None:
        assert _summary(TWO_FIELDS, b"a,b\n1,2,\xff") == [("invalid-utf8", b"1,2,\xff")]

    def test_may_escape_characters_within_quotes_and_without(self) -> None:
        table = replace(TWO_FIELDS, csv=CsvDialect(escape="\\"))
        landed = b'a,b\n1\\,2,"say \\"so\\" ""twice"""\n3\\\n4,\\\\\n5,x\\\r\n6,7\\'
        assert _summary(table, landed) == [
            ("1,2", 'say "so" "twice"'), ("3\n4", "\\"), ("5", "x\r"), ("6", "7\\"),
        ]  # fmt: skip
        assert _summary(table, b'a,b\n1,"2\\"\n3,4') == [("malformed", b'1,"2\\"'), ("3", "4")]

    def test_may_have_another_quote_or_none(self) -> None:
        assert _summary(replace(TWO_FIELDS, csv=CsvDialect(quote="'")), b"a,b\n'1,''',\"2\"") == [("1,'", '"2"')]
        assert _summary(replace(TWO_FIELDS, csv=CsvDialect(quote="")), b'a,b\n"1,2"') == [('"1', '2"')]

    def test_without_a_header_take_fields_by_position(self) -> None:
        columns = Column("a", TEXT, Position(3)), Column("b", Type("integer"), Position(1))
        table = _csv_table(*columns, csv=CsvDialect(has_header=False))
        assert _summary(table, b"1,x,y\n2,x,z,more\n3,x\nw,x,y") == [
            ("y", 1), ("z", 2), ("field-count", b"3,x"), ("wrong-type", b"w,x,y"),
        ]  # fmt: skip

    def test_may_write_null_as_a_text_without_quotes(self) -> None:
        table = replace(TWO_FIELDS, csv=CsvDialect(escape="\\", null="\\N"))
        assert _summary(table, b'a,b\n\\N,"\\N"\n\\N ,') == [(None, "N"), ("N ", None)]

    def test_may_be_divided_by_another_character(self) -> None:
        assert _summary(replace(TWO_FIELDS, csv=CsvDialect(delimiter=";")), b'a;b\n1,;"2;"') == [("1,", "2;")]


class TestColumns:
    TOKEN = Column("c", BOOLEAN, Member("/t", "/p/e", "nonEmpty"), required=True)

    def test_take_the_value_at_their_pointer(self) -> None:
        table = _json_table(Column("v", TEXT, Member("/a~1b/~0c")))
        assert _summary(table, b'{"a/b":{"~c":"x"}}') == [("x",)]

    @pytest.mark.parametrize("record", (b"{}", b'{"u":null}', b'{"u":5}', b'{"u":["x"]}', b'{"u":{"id":null}}'))
    def test_are_null_where_the_way_ends(self, record: bytes) -> None:
        assert _summary(_json_table(Column("v", TEXT, Member("/u/id"))), record) == [(None,)]
        required = _json_table(Column("v", TEXT, Member("/u/id"), required=True))
        assert decode(required, record, HOUR) == [QuarantinedRecord(1, "missing", "/u/id", record)]

    @pytest.mark.parametrize(
        ("token", "expected"),
        (
            ('{"p":{"e":["x"]}}', True), (' {"p":{"e":{"a":1}}}\n', True), ('{"p":{"e":"x"}}', True),
            ('{"p":{"e":[]}}', False), ('{"p":{"e":{}}}', False), ('{"p":{"e":""}}', False),
            ('{"p":{"e":null}}', False), ('{"p":[]}', False), ("{}", False), ("[]", False), ("5", False),
            ("null", False), ('"x"', False), ('{"p":{"e":5}}', "wrong-type"), ('{"p":{"e":true}}', "wrong-type"),
            ("", "malformed-text"), (" ", "malformed-text"), ("{}{}", "malformed-text"), ("{", "malformed-text"),
            ("NaN", "malformed-text"), ("\ufeff{}", "malformed-text"), ('{"a":"\0"}', "malformed-text"),
            ('{"p":{"e":"\ud800"}}', "invalid-utf8"), ('{"p":{"e":"\\ud800"}}', True), ("[" * 256 + "]" * 256, False),
            ("[" * 257 + "]" * 257, "malformed-text"),
        ),
    )  # fmt: skip
    def test_look_into_a_text_that_holds_json(self, token: str, expected: bool | str) -> None:
        (record,) = decode(_json_table(self.TOKEN), json.dumps({"t": token}).encode(), HOUR)
        if isinstance(record, CleanRecord):
            assert record.values == (expected,)
        else:
            assert (record.reason, record.pointer) == (expected, "/t")

    def test_look_into_nothing_but_a_text(self) -> None:
        assert _summary(_json_table(self.TOKEN), b'{"t":null}{}') == [(False,), (False,)]
        assert [reason for reason, _ in _summary(_json_table(self.TOKEN), b'{"t":{}}\n{"t":5}')] == ["wrong-type"] * 2

    def test_take_the_landing_hour(self) -> None:
        table = _json_table(Column("h", TEXT, LandingHourText()), Column("at", TIMESTAMP, LandingHourText()))
        assert _summary(table, b"{}") == [("2026-01-05-03", _utc(2026, 1, 5, 3))]

    def test_are_judged_in_their_order(self) -> None:
        table = _json_table(
            Column("a", TEXT, Member("/a"), required=True), Column("b", Type("integer"), Member("/b")),
        )  # fmt: skip
        assert _summary(table, b'{"b":"x"}') == [("missing", b'{"b":"x"}')]
        assert _summary(table, b'{"a":"","b":"x"}') == [("wrong-type", b'{"a":"","b":"x"}')]

    def test_pass_over_surrogates_that_no_column_takes(self) -> None:
        assert _summary(A_TEXT, b'{"b":"\\ud800","\\udfff":1,"a":"\\ud83d\\udc3a"}') == [("\U0001f43a",)]


class TestTypes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        (
            ('"x"', "x"), ('""', ""), ("5", "wrong-type"), ("true", "wrong-type"), ("[]", "wrong-type"),
            ("{}", "wrong-type"), ('"a\\u0000"', "nul"), ('"\\ud800"', "invalid-utf8"),
            ('"\\udc3a\\ud83d"', "invalid-utf8"), ("null", None),
        ),
    )  # fmt: skip
    def test_text(self, text: str, expected: Any) -> None:
        assert _value(TEXT, text) == expected

    def test_text_in_csv(self) -> None:
        assert _value(TEXT, "a\0", is_csv=True) == "nul"
        assert _value(TEXT, " 5 ", is_csv=True) == " 5 "

    @pytest.mark.parametrize(
        ("text", "expected"),
        (
            ("2.3.0", 2_003_000), ("0.26", 26_000), ("0.2.6", 2_006), ("2.6", 2_006_000), ("7", 7_000_000),
            ("0", 0), ("1.999.999", 1_999_999), ("1.1000", "out-of-range"), ("2147.483.647", 2147483647),
            ("2147.483.648", "out-of-range"), ("9" * 30, "out-of-range"), ("1.02", "wrong-type"), ("1.", "wrong-type"),
            ("1.2.3.4", "wrong-type"), ("", "wrong-type"), ("v1", "wrong-type"), ("1.2-rc", "wrong-type"),
        ),
    )  # fmt: skip
    def test_versions_become_numbers_that_keep_their_order(self, text: str, expected: Any) -> None:
        table = _json_table(Column("v", Type("integer"), Member("/v", take="version")))
        (record,) = decode(table, json.dumps({"v": text}).encode(), HOUR)
        assert (record.values[0] if isinstance(record, CleanRecord) else record.reason) == expected

    def test_date_of_a_time_is_its_day_in_utc(self) -> None:
        kind = Type("date")
        assert _value(kind, "1767582000000", ("epoch-millis",)) == date(2026, 1, 5)
        assert _value(kind, '"2026-01-05T01:00:00+02:00"', ("iso",)) == date(2026, 1, 4)
        assert _value(kind, "-1", ("epoch-millis",)) == date(1969, 12, 31)
        assert _value(kind, '"2026-01-05"', ("epoch-millis",)) == "invalid-time"

    def test_varchar_counts_code_points(self) -> None:
        assert _value(Type("varchar", 2), '"\U0001f43aé"') == "\U0001f43aé"
        assert _value(Type("varchar", 2), '"abc"') == "out-of-range"

    def test_boolean(self) -> None:
        assert [_value(BOOLEAN, text) for text in ("true", "false", "1", '"true"')] == [
            True,
            False,
            *["wrong-type"] * 2,
        ]
        texts = {"TRUE": True, "t": True, "1": True, "False": False, "F": False, "0": False, "yes": "wrong-type"}
        assert {text: _value(BOOLEAN, text, is_csv=True) for text in texts} == texts
        assert _value(BOOLEAN, " true", is_csv=True) == "wrong-type"

    @pytest.mark.parametrize("is_csv", (False, True))
    def test_whole_numbers(self, is_csv: bool) -> None:
        small, big = Type("integer"), Type("bigint")
        texts = {
            "0": 0, "-0": 0, "2147483647": 2147483647, "-2147483648": -2147483648, "2147483648": "out-of-range",
            "1.0": "wrong-type", "1e2": "wrong-type", "9" * 5000: "out-of-range",
        }  # fmt: skip
        assert {text: _value(small, text, is_csv=is_csv) for text in texts} == texts
        assert _value(big, "-9223372036854775808", is_csv=is_csv) == -(2**63)
        assert _value(big, "9223372036854775808", is_csv=is_csv) == "out-of-range"

    @pytest.mark.parametrize("text", ("+1", "01", ".5", "5.", " 1", "1 ", "0x1", "1_0", "NaN", "eight", "٣"))
    def test_numbers_have_the_grammar_of_json_in_csv_too(self, text: str) -> None:
        for kind in (Type("integer"), Type("numeric", 9, 3), Type("double precision")):
            assert _value(kind, text, is_csv=True) == "wrong-type"
            assert _value(kind, json.dumps(text)) == "wrong-type"

    @pytest.mark.parametrize(
        ("text", "expected"),
        (
            ("8.0", "8.000"), ("0", "0.000"), ("-0", "0.000"), ("-0.0e5", "0.000"), ("999999.999", "999999.999"),
            ("1.50000", "1.500"), ("1e2", "100.000"), ("12e-3", "0.012"), ("-2.5", "-2.500"),
            ("0e999999999", "0.000"), ("1000000e-1", "100000.000"), ("1" + "0" * 400 + "e-400", "1.000"),
            ("0.0010e1", "0.010"),
        ),
    )  # fmt: skip
    def test_numeric_is_exact(self, text: str, expected: str) -> None:
        for is_csv in (False, True):
            value = _value(Type("numeric", 9, 3), text, is_csv=is_csv)
            assert str(value) == expected

    @pytest.mark.parametrize(
        "text",
        ("1000000", "0.0001", "1e6", "1e-4", "999999.9999", "1e999999999", "1e-999999999", "1.0005", "1" + "0" * 400),
    )
    def test_numeric_beyond_its_digits_is_out_of_range(self, text: str) -> None:
        assert _value(Type("numeric", 9, 3), text) == "out-of-range"

    def test_double(self) -> None:
        kind = Type("double precision")
        assert _value(kind, "0.1") == 0.1
        assert str(_value(kind, "-0")) == "0.0"
        assert str(_value(kind, "-1e-400")) == "0.0"
        assert _value(kind, "1e400") == "out-of-range"
        assert _value(kind, "1.7976931348623157e308") == 1.7976931348623157e308

    def test_date(self) -> None:
        kind = Type("date")
        assert _value(kind, '"2024-02-29"') == date(2024, 2, 29)
        for text in ("2023-02-29", "2023-2-1", "0000-01-01", "2023-01-01 00:00"):
            assert _value(kind, json.dumps(text), ()) == "invalid-time"
        assert _value(kind, "20230101") == "wrong-type"


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "expected"),
        (
            ("2018-11-26 14:47:36.0429 UTC", _utc(2018, 11, 26, 14, 47, 36, 42900)),
            ("2019-09-27 00:00:00 UTC", _utc(2019, 9, 27)),
            ("2019-09-27", _utc(2019, 9, 27)),
            ("2019-09-27T10:11", _utc(2019, 9, 27, 10, 11)),
            ("2019-09-27t10:11:12z", _utc(2019, 9, 27, 10, 11, 12)),
            ("2019-09-27 10:11:12.1", _utc(2019, 9, 27, 10, 11, 12, 100000)),
            ("2019-09-27 10:11:12.123", _utc(2019, 9, 27, 10, 11, 12, 123000)),
            ("2019-09-27 10:11:12.12345", _utc(2019, 9, 27, 10, 11, 12, 123450)),
            ("2019-09-27 10:11:12.123456789Z", _utc(2019, 9, 27, 10, 11, 12, 123456)),
            ("2019-09-27 00:30:00+01:00", _utc(2019, 9, 26, 23, 30)),
            ("2019-09-27 00:30-0130", _utc(2019, 9, 27, 2)),
            ("2019-09-27 00:30+18", _utc(2019, 9, 26, 6, 30)),
            ("2019-09-27 00:30-18:00", _utc(2019, 9, 27, 18, 30)),
            ("0001-01-01", _utc(1, 1, 1)),
            ("9999-12-31 23:59:59.9999999", _utc(9999, 12, 31, 23, 59, 59, 999999)),
            ("2020-02-29", _utc(2020, 2, 29)),
        ),
    )
    def test_by_iso(self, text: str, expected: datetime) -> None:
        assert _time(text) == expected

    @pytest.mark.parametrize(
        "text",
        (
            "2023-02-30", "2021-02-29 00:00", "2021-01-23 24:00", "2021-01-23 23:59:60", "2021-01-23 23:60",
            "2021-13-01", "0000-01-01", "2021-1-23", "2021-01-23  10:00", "2021-01-23 10", "2021-01-23Z",
            "2021-01-23 10:00:00.", "2021-01-23 10:00:00.1234567890", "2021-01-23 10:00:00,5", "2021-01-23 10:00 utc",
            "2021-01-23 10:00 Z", "2021-01-23 10:00+18:01", "2021-01-23 10:00+19", "2021-01-23 10:00+01:60",
            "2021-01-23 10:00+1", " 2021-01-23", "2021-01-23\n", "٢021-01-23", "", "0001-01-01 00:00+00:01",
            "9999-12-31 23:59-00:01", "1569542400000",
        ),
    )  # fmt: skip
    def test_that_do_not_exist_or_do_not_fit(self, text: str) -> None:
        assert _time(text) == "invalid-time"

    def test_by_epoch(self) -> None:
        at = _utc(2019, 9, 27)
        assert _value(TIMESTAMP, "1569542400", ("epoch-seconds",)) == at
        assert _value(TIMESTAMP, "1569542400000", ("iso", "epoch-millis")) == at
        assert _value(TIMESTAMP, "1569542400000000", ("epoch-micros",)) == at
        assert _value(TIMESTAMP, "-1", ("epoch-micros",)) == _utc(1969, 12, 31, 23, 59, 59, 999999)
        assert _value(TIMESTAMP, "1569542400", ("epoch-seconds",), is_csv=True) == at

    def test_by_epoch_takes_whole_numbers_that_are_times(self) -> None:
        for text in ("1.5", "1e3", "253402300800000", "9" * 30, '"1569542400000"'):
            assert _value(TIMESTAMP, text, ("iso", "epoch-millis")) == "invalid-time"
        assert _value(TIMESTAMP, "5", ("iso",)) == "wrong-type"
        assert _value(TIMESTAMP, "true", ("epoch-millis",)) == "wrong-type"

    def test_by_pattern(self) -> None:
        american = "MM/dd/yyyy hh:mm a"
        assert _time("09/27/2019 12:00 AM", american) == _utc(2019, 9, 27)
        assert _time("09/27/2019 12:01 pM", american) == _utc(2019, 9, 27, 12, 1)
        assert _time("09/27/2019 11:59 PM", american) == _utc(2019, 9, 27, 23, 59)
        for text in (
            "27/09/2019 12:00 AM", "09/27/2019 13:00 PM", "09/27/2019 00:30 AM", "9/27/2019 12:00 AM",
            "09/31/2019 12:00 AM", "09/27/2019 12:00", "09/27/2019  12:00 AM",
        ):  # fmt: skip
            assert _time(text, american) == "invalid-time"
        assert _time("9/7/2019 1:00:05", "M/d/yyyy H:mm:ss") == _utc(2019, 9, 7, 1, 0, 5)
        assert _time("09/07/2019 01:00:05", "M/d/yyyy H:mm:ss") == _utc(2019, 9, 7, 1, 0, 5)

    def test_in_russian(self) -> None:
        russian = "d MMMM yyyy HH:mm [ru]"
        names = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
        for month, name in enumerate(names, start=1):
            assert _time(f"6 {name} 2019 09:30", russian) == _utc(2019, month, 6, 9, 30)
            assert _time(f"06 {name.upper()} 2019 09:30", russian) == _utc(2019, month, 6, 9, 30)
        for text in ("31 сентября 2019 00:00", "26 сентябрь 2019 00:00", "26 September 2019 00:00", "6 мая 2019 24:00"):
            assert _time(text, russian) == "invalid-time"

    def test_by_the_first_format_that_fits(self) -> None:
        american, european = "MM/dd/yyyy", "dd/MM/yyyy"
        assert _time("05/06/2019", american, european) == _utc(2019, 5, 6)
        assert _time("05/06/2019", european, american) == _utc(2019, 6, 5)
        assert _time("27/09/2019", american, european) == "invalid-time"

    def test_divide_rows_into_periods(self) -> None:
        column = Column("at", TIMESTAMP, Member("/at"), time_formats=("iso",))
        periods = {"hour": "0987-01-05T03", "day": "0987-01-05", "month": "0987-01", "year": "0987", "none": "all"}
        for period, expected in periods.items():
            table = replace(_json_table(column), event_time="at", period=period)  # type: ignore[arg-type]
            (record,) = decode(table, b'{"at":"0987-01-05 04:30+01"}', HOUR)
            assert isinstance(record, CleanRecord)
            assert record.period == expected

    def test_missing_for_the_event_quarantine_the_record(self) -> None:
        table = replace(_json_table(Column("at", TIMESTAMP, Member("/at"))), event_time="at")
        assert decode(table, b"{}", HOUR) == [QuarantinedRecord(1, "missing", "/at", b"{}")]


class TestDataSets:
    def test_decodes_the_consent_event_of_the_exercise(self) -> None:
        at = _utc(2021, 1, 23, 10, 23, 51)
        values = ("1c269ade", at, "www.domain-A.eu", "pageview", "1705c98b", "FR", False, "2026-01-05-03")
        assert decode(source_table(CONSENTS), EVENT, HOUR) == [CleanRecord(1, values, "2026-01-05")]

    def test_decodes_the_checkins_of_the_exercise(self) -> None:
        assert decode(source_table(CHECKINS), CSV, HOUR) == [
            CleanRecord(1, ("ned", _utc(2019, 9, 27), Decimal("8"), "bizdev"), "2019"),
            CleanRecord(2, ("robert", _utc(2019, 9, 27), Decimal("8"), "bizdev"), "2019"),
            CleanRecord(3, ("ned", _utc(2019, 9, 26), Decimal("4"), "bizdev"), "2019"),
            CleanRecord(4, ("catelyn", _utc(2018, 11, 26, 14, 47, 36, 42900), Decimal("0.6"), "opsandadmin"), "2018"),
        ]

    def test_keeps_a_row_without_a_user(self) -> None:
        (record,) = decode(source_table(CHECKINS), b"user,timestamp,hours,project\n ,2019-09-27,1,p", HOUR)
        assert isinstance(record, CleanRecord)
        assert record.values[0] is None


def _event(identity: str, **changes: Any) -> bytes:
    event = {
        "id": identity, "datetime": "2021-01-23 10:23:51", "domain": "d", "type": "pageview",
        "user": {"id": "u", "country": "FR", "token": '{"purposes":{"enabled":["x"]}}'},
    }  # fmt: skip
    return json.dumps(event | changes).encode()


def _key(hour: str, name: str) -> str:
    return f"events/datehour={hour.replace('T', '-')}/{name}"


class Bucket:
    """A world of consents, told in few words."""

    def __init__(self, **settings: Any) -> None:
        self.world = World(CONSENTS)
        self.set(**({"quarantine_limit": 100} | settings))

    def set(self, **settings: Any) -> None:
        self.world.apply(ChangeSettings(replace(self.world.settings, **settings)))

    def put(self, hour: str, name: str, *records: bytes) -> None:
        self.world.apply(Put(_key(hour, name), b"\n".join(records)))

    def remove(self, hour: str, name: str) -> None:
        self.world.apply(Remove(_key(hour, name)))

    def run(self, from_hour: str = "2026-01-01T00", to_hour: str = "2026-02-01T00") -> RunReport:
        report = self.world.apply(Run(from_hour, to_hour))
        assert report is not None
        return report

    def base(self) -> list[tuple[str, str, int]]:
        """Id, object's name and record number of every base row."""
        return sorted((row[0], row[-4].rsplit("/", 1)[1], row[-2]) for row in self.world.expected().base)

    def book(self, hour: str, name: str) -> tuple[int, int, int]:
        book = self.world.expected().objects[hour, _key(hour, name)]
        return book.clean, book.duplicate, book.quarantined


H3, H4, H5 = "2026-01-05T03", "2026-01-05T04", "2026-01-05T05"
NEXT_H3, NEXT_H4 = "2026-01-06T03", "2026-01-06T04"


class TestDuplicates:
    def test_are_told_by_the_order_of_hour_key_and_record(self) -> None:
        bucket = Bucket()
        bucket.put(H4, "a", _event("1"))
        bucket.put(H3, "b", _event("1", domain="b"), _event("1"))
        bucket.put(H3, "\ufb00", _event("2", domain="bmp"))
        bucket.put(H3, "\U0001f43a", _event("2", domain="astral"))
        bucket.run()
        assert bucket.base() == [("1", "b", 1), ("2", "\ufb00", 1)]

    def test_end_one_hour_past_the_window(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"), _event("2"))
        bucket.put(NEXT_H3, "b", _event("1"), b" ")
        bucket.put(NEXT_H4, "c", _event("2"), _event("1"))
        bucket.run()
        assert bucket.base() == [("1", "a", 1), ("2", "a", 2), ("2", "c", 1)]
        assert bucket.world.expected().periods == {
            "2026-01-05": PeriodBook(2, 2, 0),
            "2026-01-06": PeriodBook(3, 1, 2),
        }

    def test_follow_the_window_now_in_force(self) -> None:
        bucket = Bucket(dedup_window=1)
        bucket.put(H3, "a", _event("1"))
        bucket.put(H5, "b", _event("1", domain="e"))
        bucket.run()
        assert len(bucket.base()) == 2
        bucket.set(dedup_window=2)
        assert bucket.run().examined == []
        assert bucket.base() == [("1", "a", 1)]

    def test_do_not_exist_without_a_key(self) -> None:
        world = World(CHECKINS)
        world.apply(Put("checkins/2026/01/05/03/x", CSV + CSV.split(b"\n")[1]))
        world.apply(Run(H3, H4))
        assert len(world.expected().base) == 5


class TestRepeatedObjects:
    def test_count_wholly_as_duplicates(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "b", _event("1"), b"oops")
        bucket.put(H3, "a", _event("1"), b"oops")
        bucket.put(NEXT_H3, "c", _event("1"), b"oops")
        bucket.run()
        assert [bucket.book(H3, "a"), bucket.book(H3, "b"), bucket.book(NEXT_H3, "c")] == [
            (1, 0, 1),
            (0, 2, 0),
            (0, 2, 0),
        ]
        assert [row[1:] for row in bucket.world.expected().quarantine] == [
            (_key(H3, "a"), bucket.world.expected().base[0][-3], 2, "malformed", "")
        ]

    def test_are_told_within_the_look_back(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"))
        bucket.put(NEXT_H4, "b", _event("1"))
        bucket.run()
        assert bucket.book(NEXT_H4, "b") == (1, 0, 0)

    def test_are_kept_where_the_contract_says_so(self) -> None:
        bucket = Bucket(repeated_objects="keep")
        bucket.put(H3, "a", _event("1"))
        bucket.put(H3, "b", _event("1"))
        bucket.run()
        assert bucket.book(H3, "b") == (1, 0, 0)

    def test_pull_a_later_hour_into_the_run(self) -> None:
        bucket = Bucket()
        bucket.put(H5, "b", _event("1"))
        bucket.run()
        bucket.put(H3, "a", _event("1"))
        assert bucket.run(H3, H4) == RunReport(examined=[H3, H5], held=[], joined=[H5])
        assert bucket.book(H5, "b") == (0, 1, 0)
        bucket.put(H3, "a", _event("2"))
        assert bucket.run(H3, H4) == RunReport(examined=[H3, H5], held=[], joined=[H5])
        assert bucket.book(H5, "b") == (1, 0, 0)

    def test_list_a_later_hour_that_joins(self) -> None:
        bucket = Bucket()
        bucket.put(H5, "b", _event("1"))
        bucket.run()
        bucket.put(H3, "a", _event("1"))
        bucket.put(H5, "late", _event("3"))
        bucket.run(H3, H4)
        assert bucket.base() == [("1", "a", 1), ("3", "late", 1)]

    def test_know_only_what_was_listed(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"))
        bucket.put(H5, "b", _event("1"))
        bucket.run(H5, "2026-01-05T06")
        assert bucket.base() == [("1", "b", 1)]
        bucket.run(H3, H4)
        assert bucket.base() == [("1", "a", 1)]

    def test_stay_what_they_were_when_they_have_gone(self) -> None:
        bucket = Bucket()
        bucket.put(H5, "b", _event("1"))
        bucket.run()
        bucket.remove(H5, "b")
        bucket.put(H3, "a", _event("1"))
        assert bucket.run().examined == [H3]
        assert bucket.book(H5, "b") == (1, 0, 0)
        assert bucket.base() == [("1", "a", 1)]


class TestRuns:
    def test_see_the_hours_of_their_interval_only(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"))
        bucket.put(H4, "b", _event("2"))
        assert bucket.run(H3, H4).examined == [H3]
        assert bucket.base() == [("1", "a", 1)]

    def test_find_nothing_to_do_the_second_time(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"))
        bucket.run()
        before = bucket.world.expected()
        assert bucket.run().examined == []
        assert bucket.world.expected() == before

    def test_keep_rows_of_objects_that_have_gone_as_they_were_decoded(self) -> None:
        bucket = Bucket()
        user = {"id": "u", "token": "{}"}
        bucket.put(H3, "a", _event("1", user=user))
        bucket.put(H3, "b", _event("2", user=user))
        bucket.run()
        bucket.remove(H3, "a")
        assert bucket.run().examined == []
        bucket.set(required=bucket.world.settings.required | {"country"})
        assert bucket.run().examined == [H3]
        assert bucket.base() == [("1", "a", 1)]
        assert bucket.world.expected().quarantine[0][1:] == (
            _key(H3, "b"), bucket.world.expected().objects[H3, _key(H3, "b")].etag, 1, "missing", "/user/country",
        )  # fmt: skip

    def test_replace_a_rewritten_object(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"), _event("2"))
        bucket.run()
        bucket.put(H3, "a", _event("3"))
        bucket.run()
        assert bucket.base() == [("3", "a", 1)]

    def test_leave_an_object_that_returns_unchanged_alone(self) -> None:
        bucket = Bucket()
        bucket.put(H3, "a", _event("1"))
        bucket.run()
        bucket.remove(H3, "a")
        bucket.put(H3, "a", _event("1"))
        assert bucket.run().examined == []


class TestHeldHours:
    def test_publish_their_quarantine_and_keep_their_clean_rows(self) -> None:
        bucket = Bucket(quarantine_limit=50)
        bucket.put(H3, "a", _event("1"), b"oops")
        assert bucket.run().held == []
        bucket.put(H3, "b", _event("2"), b"oops", b"oops")
        assert bucket.run().held == [H3]
        expected = bucket.world.expected()
        assert bucket.base() == [("1", "a", 1)]
        assert [row[3:5] for row in expected.quarantine] == [(2, "malformed"), (2, "malformed"), (3, "malformed")]
        assert bucket.book(H3, "b") == (1, 0, 2)
        assert expected.periods == {"2026-01-05": PeriodBook(1, 1, 0)}
        assert expected.held == [H3]

    def test_are_examined_anew_when_limit_or_objects_change(self) -> None:
        bucket = Bucket(quarantine_limit=10)
        bucket.put(H3, "a", _event("1"), b"oops")
        assert bucket.run().held == [H3]
        assert bucket.run().examined == []
        bucket.set(quarantine_limit=50)
        assert bucket.run() == RunReport(examined=[H3], held=[], joined=[])
        assert bucket.base() == [("1", "a", 1)]
        bucket.set(quarantine_limit=10)
        assert bucket.run().examined == []

    def test_stay_held_while_an_object_has_gone_whose_rows_were_never_stored(self) -> None:
        bucket = Bucket(quarantine_limit=10)
        bucket.put(H3, "a", _event("1"), b"oops")
        bucket.run()
        bucket.remove(H3, "a")
        bucket.set(quarantine_limit=100)
        assert bucket.run().held == [H3]
        bucket.put(H3, "a", _event("1"), b"oops")
        bucket.set(quarantine_limit=99)
        assert bucket.run().held == []
        assert bucket.base() == [("1", "a", 1)]

    def test_are_freed_where_what_has_gone_is_stored_as_decoded_last(self) -> None:
        bucket = Bucket(quarantine_limit=10)
        bucket.put(H3, "a", _event("1"))
        bucket.run()
        bucket.put(H3, "b", b"oops")
        assert bucket.run().held == [H3]
        bucket.remove(H3, "a")
        bucket.remove(H3, "b")
        bucket.set(quarantine_limit=100)
        assert bucket.run() == RunReport(examined=[H3], held=[], joined=[])
        assert bucket.base() == [("1", "a", 1)]


class TestModels:
    def test_consent_metrics(self) -> None:
        bucket = Bucket(required=default_settings(CONSENTS).required - {"user_id"})
        other = {"id": "v", "country": "FR", "token": '{"purposes":{"enabled":[]}}'}
        nobody = {"country": None}
        bucket.put(H3, "a", _event("1"), _event("2"), _event("3", user=other), _event("4", type="consent.asked"))
        bucket.put(H3, "b", _event("5", type="consent.given", user=nobody), _event("6", user=nobody, domain="e"))
        bucket.put(H3, "c", _event("7", type="click", user=other))
        bucket.run()
        hour, period = "2026-01-05-03", "2026-01-05"
        rows = [
            (hour, "d", "FR", 3, 2, 1, 1, 0, 0, 1.5, period),
            (hour, "d", None, 0, 0, 0, 0, 1, 0, None, period),
            (hour, "e", None, 1, 0, 0, 0, 0, 0, None, period),
        ]
        assert Counter(bucket.world.expected().model) == Counter(rows)
        bucket.world.apply(ChangeModel("v2"))
        bucket.run()
        assert bucket.world.expected().model == rows[:1]

    def test_checkin_daily_hours(self) -> None:
        world = World(CHECKINS)
        more = b"ned,2019-09-27 23:59:59.999999,0.5,bizdev\n,2019-09-27,0,\n ,2019-09-27 01:00,0.0, "
        world.apply(Put("checkins/2026/01/05/03/x", CSV + more))
        world.apply(Run(H3, H4))
        day = date(2019, 9, 27)
        rows = [
            (day, "ned", "bizdev", Decimal("8.5"), 2, "2019"),
            (day, "robert", "bizdev", Decimal("8"), 1, "2019"),
            (date(2019, 9, 26), "ned", "bizdev", Decimal("4"), 1, "2019"),
            (date(2018, 11, 26), "catelyn", "opsandadmin", Decimal("0.6"), 1, "2018"),
            (day, None, None, Decimal("0"), 2, "2019"),
        ]
        assert Counter(world.expected().model) == Counter(rows)
        world.apply(ChangeModel("v2"))
        world.apply(Run(H3, H4))
        assert Counter(world.expected().model) == Counter(rows[:4])

    @pytest.mark.parametrize("dataset", DATASETS)
    def test_variants_differ_in_one_line(self, dataset: str) -> None:
        first, second = (model_sql(dataset, variant).splitlines() for variant in ("v1", "v2"))
        assert len(second) == len(first) + 1
        assert [line for line in second if line in first] == first


class TestContracts:
    @pytest.mark.parametrize("dataset", DATASETS)
    def test_are_left_as_they_are_without_changes(self, dataset: str) -> None:
        assert patched_contract(dataset, default_settings(dataset)).startswith("apiVersion:")

    @pytest.mark.parametrize("dataset", DATASETS)
    def test_agree_with_the_tables_written_by_hand(self, dataset: str) -> None:
        yaml = pytest.importorskip("yaml")
        (written,) = (
            table
            for table in yaml.safe_load(patched_contract(dataset, default_settings(dataset)))["schema"]
            if table["name"] == source_table(dataset).name
        )
        types = [(one["name"], one["physicalType"], one.get("required", False)) for one in written["properties"]]
        columns = source_table(dataset).columns
        assert [(name, required) for name, _, required in types] == [(one.name, one.required) for one in columns]
        assert [kind.partition("(")[0] for _, kind, _ in types] == [one.type.name for one in columns]

    @pytest.mark.parametrize("dataset", DATASETS)
    def test_take_every_setting(self, dataset: str) -> None:
        yaml = pytest.importorskip("yaml")
        default = default_settings(dataset)
        settings = replace(
            default,
            required=default.required - {"user_id"} | {"country", "project"},
            time_formats=("epoch-millis", "iso"),
            quarantine_limit=37,
            dedup_window=3,
            look_back=5,
            repeated_objects="keep",
            max_record_bytes=400,
        )
        table = yaml.safe_load(patched_contract(dataset, settings))["schema"][0]
        properties = {entry["property"]: entry["value"] for entry in table["customProperties"]}
        changed = {"quarantineLimit": "37%", "lookBack": "5h", "repeatedObjects": "keep", "maxRecordBytes": "400B"}
        if dataset == CONSENTS:
            changed["dedupWindow"] = "3h"
        assert changed.items() <= properties.items()
        required = {column["name"] for column in table["properties"] if column.get("required")}
        assert required == settings.required & {column["name"] for column in table["properties"]}


class TestScenarios:
    @pytest.mark.parametrize("dataset", ALL_DATASETS)
    def test_are_the_same_for_a_seed_and_after_being_written(self, dataset: str) -> None:
        for seed in range(10):
            scenario = generate(dataset, seed)
            assert scenario == generate(dataset, seed)
            assert Scenario.from_json(scenario.to_json()) == scenario
            assert any(isinstance(operation, Run) for operation in scenario.operations)

    @pytest.mark.parametrize("dataset", ALL_DATASETS)
    def test_balance(self, dataset: str) -> None:
        for seed in range(30):
            expected = World.after(generate(dataset, seed)).expected()
            _assert_balanced(expected.objects, expected.periods)
            periods = Counter(row[-1] for row in expected.base)
            assert sum(periods.values()) == sum(book.base for book in expected.periods.values())
            if len(source_tables(dataset)) == 1:
                assert periods == {period: book.base for period, book in expected.periods.items() if book.base}
            quarantined = Counter((row[0], row[1]) for row in expected.quarantine)
            books: Counter[tuple[str, str]] = Counter()
            for (hour, key), book in expected.objects.items():
                # Where there are several source tables, the hour stands behind its table's name.
                books[hour.rpartition(" ")[2], key] += book.quarantined
            assert quarantined == +books


def _assert_balanced(objects: dict[tuple[str, str], ObjectBook], periods: dict[str, PeriodBook]) -> None:
    for book in objects.values():
        assert book.landed == book.clean + book.duplicate + book.quarantined
        assert min(book.clean, book.duplicate, book.quarantined) >= 0
    for period in periods.values():
        assert period.clean == period.base + period.duplicates
