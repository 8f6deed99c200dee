"""Each function of the list gives what Trino's documentation says of it: https://trino.io/docs/current/functions.html.

Athena's engine version 3 is Trino: https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html. No engine of it
runs here; the values are those of the documentation, or follow from its words.
"""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import pytest

from clickstream_local.athena.functions import FUNCTIONS
from support.athena import value

UTC = datetime.UTC


def at(*parts: int) -> datetime.datetime:
    """A timestamp without a zone."""
    return datetime.datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def utc(*parts: int) -> datetime.datetime:
    return at(*parts).replace(tzinfo=UTC)


NUMBERS = "(VALUES 1, 2, 3, 4) AS t(x)"
PAIRS = "(VALUES ('a', 1), ('b', 2), ('c', NULL)) AS t(k, v)"
MOMENT = "timestamp '2001-08-22 03:04:05.321'"
URL = "'https://user@shop.example:8443/a%20b/c?q=x%20y&z=1&empty#top'"

VALUES: dict[str, list[tuple[str, Any]]] = {
    "coalesce(T...) -> T": [("coalesce(NULL, 2, 3)", 2), ("coalesce(CAST(NULL AS varchar), 'x')", "x")],
    "nullif(T, T) -> T": [("nullif(1, 1)", None), ("nullif('a', 'b')", "a")],
    "if(boolean, T) -> T": [("if(1 > 2, 'x')", None), ("if(2 > 1, 'x')", "x")],
    "if(boolean, T, T) -> T": [("if(1 > 2, 'x', 'y')", "y"), ("if(NULL, 1, 2)", 2)],
    "try(T) -> T": [("try(1 / 0)", None), ("try(8 / 2)", 4)],
    "row(any...) -> row": [("CAST(row(1, 'x') AS row(a integer, b varchar)).b", "x")],
    "greatest(T...) -> T": [("greatest(1, 3, 2)", 3), ("greatest(1, NULL)", None)],
    "least(T...) -> T": [("least(1, 3, 2)", 1), ("least(1, NULL)", None)],
    "lower(varchar) -> varchar": [("lower('ÄbC')", "äbc")],
    "upper(varchar) -> varchar": [("upper('äbC')", "ÄBC")],
    "length(varchar) -> bigint": [("length('Köln')", 4)],
    "char_length(varchar) -> bigint": [("char_length('Köln')", 4)],
    "concat(varchar...) -> varchar": [("concat('a', 'b', 'c')", "abc"), ("concat('a', NULL)", None)],
    "concat(array(T)...) -> array(T)": [("concat(ARRAY[1], ARRAY[2, 3])", [1, 2, 3])],
    "concat_ws(varchar, varchar...) -> varchar": [
        ("concat_ws(',', 'a', NULL, 'b')", "a,b"),
        ("concat_ws(NULL, 'a')", None),
    ],
    "trim(varchar) -> varchar": [("trim(' a b ')", "a b"), ("trim(chr(9) || 'a' || chr(10))", "a")],
    "ltrim(varchar) -> varchar": [("ltrim(chr(9) || ' a ')", "a ")],
    "rtrim(varchar) -> varchar": [("rtrim(' a ' || chr(10))", " a")],
    "replace(varchar, varchar) -> varchar": [("replace('banana', 'a')", "bnn")],
    "replace(varchar, varchar, varchar) -> varchar": [("replace('banana', 'an', 'x')", "bxxa")],
    "reverse(varchar) -> varchar": [("reverse('abc')", "cba")],
    "lpad(varchar, bigint, varchar) -> varchar": [("lpad('5', 3, '0')", "005"), ("lpad('abcd', 2, '0')", "ab")],
    "rpad(varchar, bigint, varchar) -> varchar": [("rpad('5', 3, '-')", "5--")],
    "starts_with(varchar, varchar) -> boolean": [("starts_with('/shop/a', '/shop')", True)],
    "translate(varchar, varchar, varchar) -> varchar": [
        ("translate('abcd', 'a', 'z')", "zbcd"),
        ("translate('abcd', 'ac', 'z')", "zbd"),
    ],
    "strpos(varchar, varchar) -> bigint": [("strpos('abc', 'c')", 3), ("strpos('abc', 'x')", 0)],
    "substr(varchar, bigint) -> varchar": [
        ("substr('Quadratically', 5)", "ratically"),
        ("substr('abc', 0)", ""),
        ("substr('abc', -2)", "bc"),
        ("substr('abc', -5)", ""),
        ("substr('abc', 9)", ""),
    ],
    "substr(varchar, bigint, bigint) -> varchar": [
        ("substr('Quadratically', 5, 6)", "ratica"),
        ("substr('hello', 0, 2)", ""),
        ("substr('abcdef', -3, 2)", "de"),
        ("substr('abc', 2, -1)", ""),
    ],
    "substring(varchar, bigint) -> varchar": [("substring('abc', 2)", "bc"), ("substring('abc', 0)", "")],
    "substring(varchar, bigint, bigint) -> varchar": [("substring('abc', 2, 1)", "b"), ("substring('abc', 0, 1)", "")],
    "split(varchar, varchar) -> array(varchar)": [("split('a,b,,c', ',')", ["a", "b", "", "c"])],
    "split_part(varchar, varchar, bigint) -> varchar": [
        ("split_part('a,b', ',', 2)", "b"),
        ("split_part('a,b', ',', 3)", None),
    ],
    "chr(bigint) -> varchar": [("chr(65)", "A")],
    "codepoint(varchar) -> integer": [("codepoint('A')", 65)],
    "levenshtein_distance(varchar, varchar) -> bigint": [("levenshtein_distance('kitten', 'sitting')", 3)],
    "hamming_distance(varchar, varchar) -> bigint": [("hamming_distance('karolin', 'kathrin')", 3)],
    "to_utf8(varchar) -> varbinary": [("to_utf8('ä')", "ä".encode())],
    "from_utf8(varbinary) -> varchar": [("from_utf8(x'c3a4')", "ä")],
    "regexp_like(varchar, varchar) -> boolean": [
        ("regexp_like('1a 2b 14m', '\\d+b')", True),
        ("regexp_like('ab', '^b')", False),
    ],
    "regexp_extract(varchar, varchar) -> varchar": [
        ("regexp_extract('1a 2b 14m', '\\d+')", "1"),
        ("regexp_extract('abc', '\\d+')", None),
        ("regexp_extract('abc', '')", ""),
    ],
    "regexp_extract(varchar, 'varchar', 'bigint') -> varchar": [
        ("regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "a"),
        ("regexp_extract('abc', '(\\d+)', 1)", None),
    ],
    "regexp_extract_all(varchar, varchar) -> array(varchar)": [
        ("regexp_extract_all('1a 2b 14m', '\\d+')", ["1", "2", "14"])
    ],
    "regexp_extract_all(varchar, 'varchar', 'bigint') -> array(varchar)": [
        ("regexp_extract_all('1a 2b 14m', '(\\d+)([a-z]+)', 2)", ["a", "b", "m"])
    ],
    "regexp_replace(varchar, varchar) -> varchar": [("regexp_replace('1a 2b 14m', '\\d+[ab] ')", "14m")],
    "regexp_replace(varchar, varchar, 'varchar') -> varchar": [
        ("regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"),
        ("regexp_replace('a.b', '\\.', '\\$')", "a$b"),
    ],
    "regexp_split(varchar, varchar) -> array(varchar)": [
        ("regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*')", ["1", "2", "14", ""])
    ],
    "regexp_count(varchar, varchar) -> bigint": [("regexp_count('1a 2b 14m', '\\s*[a-z]+\\s*')", 3)],
    "url_extract_protocol(varchar) -> varchar": [
        (f"url_extract_protocol({URL})", "https"),
        ("url_extract_protocol('a b')", None),
        ("url_extract_protocol('/a')", ""),
    ],
    "url_extract_host(varchar) -> varchar": [
        (f"url_extract_host({URL})", "shop.example"),
        ("url_extract_host('https://[::1]:80/')", "[::1]"),
        ("url_extract_host('no url')", None),
        ("url_extract_host('http://shop.example/%zz')", None),
        ("url_extract_host('/a/path')", ""),
        ("url_extract_host('http://a_b.example/')", ""),
    ],
    "url_extract_port(varchar) -> bigint": [
        (f"url_extract_port({URL})", 8443),
        ("url_extract_port('http://a/')", None),
    ],
    "url_extract_path(varchar) -> varchar": [
        (f"url_extract_path({URL})", "/a b/c"),
        ("url_extract_path('http://a')", ""),
        ("url_extract_path('/a?b')", "/a"),
    ],
    "url_extract_query(varchar) -> varchar": [
        (f"url_extract_query({URL})", "q=x y&z=1&empty"),
        ("url_extract_query('http://a/')", ""),
    ],
    "url_extract_fragment(varchar) -> varchar": [
        (f"url_extract_fragment({URL})", "top"),
        ("url_extract_fragment('http://a/')", ""),
    ],
    "url_extract_parameter(varchar, varchar) -> varchar": [
        (f"url_extract_parameter({URL}, 'q')", "x y"),
        (f"url_extract_parameter({URL}, 'z')", "1"),
        (f"url_extract_parameter({URL}, 'empty')", ""),
        (f"url_extract_parameter({URL}, 'none')", None),
        ("url_extract_parameter('http://a/', 'none')", None),
    ],
    "url_encode(varchar) -> varchar": [("url_encode('a b*~é/')", "a+b*%7E%C3%A9%2F")],
    "url_decode(varchar) -> varchar": [("url_decode('a+b%20c%2B')", "a b c+")],
    "json_extract_scalar(varchar, 'varchar') -> varchar": [
        ("""json_extract_scalar('{"a": {"b": "x"}}', '$.a.b')""", "x"),
        ("""json_extract_scalar('{"a": {"b": "x"}}', '$.a')""", None),
        ("""json_extract_scalar('{"a": [1, 2.5]}', '$.a[1]')""", "2.5"),
        ("""json_extract_scalar('{"a b": true}', '$["a b"]')""", "true"),
        ("""json_extract_scalar('{"a": null}', '$.a')""", None),
        ("json_extract_scalar('no JSON', '$.a')", None),
    ],
    "json_extract_scalar(json, 'varchar') -> varchar": [
        ("""json_extract_scalar(json_parse('[1, 2, 3]'), '$[2]')""", "3"),
        ("""json_extract_scalar(json_parse('[[1]]'), '$[0]')""", None),
    ],
    "json_extract(varchar, 'varchar') -> json": [
        ("""json_format(json_extract('{"a": {"b": "x"}}', '$.a'))""", '{"b":"x"}'),
        ("json_extract('no JSON', '$.a')", None),
    ],
    "json_extract(json, 'varchar') -> json": [("""json_format(json_extract(json_parse('[1, [2]]'), '$[1]'))""", "[2]")],
    "json_parse(varchar) -> json": [("""json_format(json_parse('{"a":  1}'))""", '{"a":1}')],
    "json_format(json) -> varchar": [("""json_format(json_parse('"abc"'))""", '"abc"')],
    "json_array_length(varchar) -> bigint": [("json_array_length('[1, 2, 3]')", 3), ("json_array_length('{}')", None)],
    "json_array_length(json) -> bigint": [("json_array_length(json_parse('[]'))", 0)],
    "json_size(varchar, 'varchar') -> bigint": [
        ("""json_size('{"x": {"a": 1, "b": 2}}', '$.x')""", 2),
        ("""json_size('{"x": [1, 2, 3]}', '$.x')""", 3),
        ("""json_size('{"x": {"a": 1, "b": 2}}', '$.x.a')""", 0),
        ("""json_size('{"x": 1}', '$.y')""", None),
    ],
    "now() -> timestamp with time zone": [
        ("now() > timestamp '2020-01-01 00:00:00'", True),
        ("second(now()) < 60", True),
    ],
    "date(date) -> date": [("date(date '2020-01-02')", datetime.date(2020, 1, 2))],
    "date(timestamp) -> date": [(f"date({MOMENT})", datetime.date(2001, 8, 22))],
    "date(local time) -> date": [
        ("date(timestamp '2020-01-01 23:30:00' AT TIME ZONE 'Europe/Berlin')", datetime.date(2020, 1, 2))
    ],
    "date(varchar) -> date": [("date('2020-01-02')", datetime.date(2020, 1, 2))],
    "date_trunc('varchar', date) -> date": [("date_trunc('month', date '2001-08-22')", datetime.date(2001, 8, 1))],
    "date_trunc('varchar', timestamp) -> timestamp": [
        (f"date_trunc('{unit}', {MOMENT})", found)
        for unit, found in (
            ("second", at(2001, 8, 22, 3, 4, 5)),
            ("minute", at(2001, 8, 22, 3, 4)),
            ("hour", at(2001, 8, 22, 3)),
            ("day", at(2001, 8, 22)),
            ("week", at(2001, 8, 20)),
            ("month", at(2001, 8, 1)),
            ("quarter", at(2001, 7, 1)),
            ("year", at(2001, 1, 1)),
        )
    ],
    "date_trunc('varchar', local time) -> local time": [
        (
            "CAST(date_trunc('day', timestamp '2020-01-01 23:30:00' AT TIME ZONE 'Europe/Berlin') AS timestamp)",
            at(2020, 1, 2),
        )
    ],
    "date_diff('varchar', date, date) -> bigint": [
        ("date_diff('day', date '2020-03-01', date '2020-03-02')", 1),
        ("date_diff('month', date '2020-01-31', date '2020-02-28')", 0),
        ("date_diff('month', date '2020-01-15', date '2020-02-15')", 1),
        ("date_diff('day', date '2020-03-02', date '2020-03-01')", -1),
    ],
    "date_diff('varchar', timestamp, timestamp) -> bigint": [
        ("date_diff('second', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')", 86400),
        ("date_diff('hour', timestamp '2020-03-01 00:00:00', timestamp '2020-03-02 00:00:00')", 24),
        ("date_diff('day', timestamp '2020-03-01 10:00:00', timestamp '2020-03-03 09:00:00')", 1),
        ("date_diff('minute', timestamp '2020-03-01 10:00:59', timestamp '2020-03-01 10:01:00')", 0),
        ("date_diff('millisecond', timestamp '2020-03-01 10:00:00.001', timestamp '2020-03-01 10:00:01')", 999),
        ("date_diff('day', date '2020-03-01', timestamp '2020-03-02 12:00:00')", 1),
    ],
    "date_add('varchar', bigint, date) -> date": [
        ("date_add('day', 3, date '2020-03-01')", datetime.date(2020, 3, 4)),
        ("date_add('month', 1, date '2020-01-31')", datetime.date(2020, 2, 29)),
    ],
    "date_add('varchar', bigint, timestamp) -> timestamp": [
        ("date_add('second', 86, timestamp '2020-03-01 00:00:00')", at(2020, 3, 1, 0, 1, 26)),
        ("date_add('hour', 9, timestamp '2020-03-01 00:00:00')", at(2020, 3, 1, 9)),
        ("date_add('day', -1, timestamp '2020-03-01 00:00:00')", at(2020, 2, 29)),
    ],
    "last_day_of_month(moment) -> date": [("last_day_of_month(date '2020-02-03')", datetime.date(2020, 2, 29))],
    **{
        f"{name}(moment) -> bigint": [(f"{name}({MOMENT})", found)]
        for name, found in (
            ("year", 2001),
            ("quarter", 3),
            ("month", 8),
            ("week", 34),
            ("week_of_year", 34),
            ("year_of_week", 2001),
            ("yow", 2001),
            ("day", 22),
            ("day_of_month", 22),
            ("day_of_week", 3),
            ("dow", 3),
            ("day_of_year", 234),
            ("doy", 234),
            ("hour", 3),
            ("minute", 4),
            ("second", 5),
            ("millisecond", 321),
        )
    },
    "date_format(moment, 'varchar') -> varchar": [
        ("date_format(timestamp '2022-10-20 05:10:00', '%m-%d-%Y %H')", "10-20-2022 05"),
        (
            f"date_format({MOMENT}, '%a %b %c %d %e %H %h %i %j %k %l %M %p %s %W %y %%')",
            "Wed Aug 8 22 22 03 03 04 234 3 3 August AM 05 Wednesday 01 %",
        ),
        (f"date_format({MOMENT}, '%f')", "321000"),
        (f"date_format({MOMENT}, '%r %T')", "03:04:05 AM 03:04:05"),
        (f"date_format(at_timezone({MOMENT}, 'America/New_York'), '%H')", "23"),
    ],
    "date_parse(varchar, 'varchar') -> timestamp(3)": [
        ("date_parse('2022/10/20/05', '%Y/%m/%d/%H')", at(2022, 10, 20, 5))
    ],
    "format_datetime(moment, 'varchar') -> varchar": [
        (f"format_datetime({MOMENT}, 'yyyy-MM-dd HH:mm:ss.SSS')", "2001-08-22 03:04:05.321"),
        (f"format_datetime({MOMENT}, 'EEE, d MMMM yy ''at'' h a')", "Wed, 22 August 01 at 3 AM"),
    ],
    "parse_datetime(varchar, 'varchar') -> timestamp with time zone": [
        ("parse_datetime('2022-10-20 05:10', 'yyyy-MM-dd HH:mm')", utc(2022, 10, 20, 5, 10))
    ],
    "from_unixtime(double) -> timestamp with time zone": [
        ("from_unixtime(1598000000)", utc(2020, 8, 21, 8, 53, 20)),
        ("from_unixtime(1.5)", utc(1970, 1, 1, 0, 0, 1, 500000)),
    ],
    "to_timestamp(double) -> timestamp with time zone": [("to_timestamp(1)", utc(1970, 1, 1, 0, 0, 1))],
    "to_unixtime(timestamp) -> double": [("to_unixtime(timestamp '1970-01-01 00:00:01.5')", 1.5)],
    "from_iso8601_timestamp(varchar) -> timestamp with time zone": [
        ("from_iso8601_timestamp('2020-05-11')", utc(2020, 5, 11)),
        ("from_iso8601_timestamp('2020-05-11T11:15:05')", utc(2020, 5, 11, 11, 15, 5)),
        ("from_iso8601_timestamp('2020-05-11T11:15:05.055Z')", utc(2020, 5, 11, 11, 15, 5, 55000)),
    ],
    "from_iso8601_date(varchar) -> date": [("from_iso8601_date('2020-05-11')", datetime.date(2020, 5, 11))],
    "to_iso8601(date) -> varchar": [("to_iso8601(date '2020-05-11')", "2020-05-11")],
    "to_iso8601(timestamp with time zone) -> varchar": [("to_iso8601(from_unixtime(1.5))", "1970-01-01T00:00:01.500Z")],
    "at_timezone(timestamp, varchar) -> local time": [
        ("CAST(at_timezone(timestamp '2020-07-01 10:00:00', 'Europe/Berlin') AS timestamp)", at(2020, 7, 1, 12)),
        ("hour(at_timezone(from_iso8601_timestamp('2020-01-01T10:00:00Z'), 'Asia/Kolkata'))", 15),
    ],
    "abs(number) -> $0": [("abs(-5)", 5), ("abs(-1.5)", Decimal("1.5"))],
    "sign(number) -> $0": [("sign(-3)", -1), ("sign(2.5e0)", 1.0)],
    "ceil(number) -> whole": [("ceil(1.2e0)", 2.0), ("ceil(1.2)", Decimal(2))],
    "ceiling(number) -> whole": [("ceiling(-1.2e0)", -1.0)],
    "floor(number) -> whole": [("floor(-1.2e0)", -2.0), ("floor(7)", 7)],
    "round(number) -> whole": [("round(2.5e0)", 3.0), ("round(-2.5e0)", -3.0), ("round(2.5)", Decimal(3))],
    "round(decimal, integer) -> $0": [("round(2.345, 2)", Decimal("2.350"))],
    "round(double, integer) -> double": [("round(123.456e0, 1)", 123.5), ("round(125.0e0, -1)", 130.0)],
    "truncate(double) -> double": [("truncate(-2.7e0)", -2.0)],
    "mod(number, number) -> common": [("mod(7, 3)", 1), ("mod(-7, 3)", -1)],
    "power(double, double) -> double": [("power(2, 10)", 1024.0)],
    "pow(double, double) -> double": [("pow(2, 0.5e0)", math.sqrt(2))],
    "sqrt(double) -> double": [("sqrt(9)", 3.0)],
    "cbrt(double) -> double": [("cbrt(27)", 3.0)],
    "exp(double) -> double": [("exp(0)", 1.0)],
    "ln(double) -> double": [("ln(e())", 1.0)],
    "log2(double) -> double": [("log2(8)", 3.0)],
    "log10(double) -> double": [("log10(100)", 2.0)],
    "degrees(double) -> double": [("degrees(pi())", 180.0)],
    "radians(double) -> double": [("radians(180)", math.pi)],
    **{
        f"{name}(double) -> double": [(f"{name}(0)", getattr(math, name)(0))]
        for name in ("sin", "cos", "tan", "asin", "acos", "atan")
    },
    "log(double, double) -> double": [("log(2, 8)", 3.0)],
    "atan2(double, double) -> double": [("atan2(0, 1)", 0.0)],
    "pi() -> double": [("pi()", math.pi)],
    "random() -> double": [("random() < 1 AND random() >= 0", True)],
    "rand() -> double": [("rand() < 1", True)],
    "e() -> double": [("e()", math.e)],
    "infinity() -> double": [("infinity()", math.inf)],
    "nan() -> double": [("is_nan(nan())", True)],
    "is_nan(double) -> boolean": [("is_nan(1)", False)],
    "is_finite(double) -> boolean": [("is_finite(infinity())", False)],
    "is_infinite(double) -> boolean": [("is_infinite(1e0 / 0)", True)],
    "bitwise_and(bigint, bigint) -> bigint": [("bitwise_and(19, 25)", 17)],
    "bitwise_or(bigint, bigint) -> bigint": [("bitwise_or(19, 25)", 27)],
    "bitwise_xor(bigint, bigint) -> bigint": [("bitwise_xor(19, 25)", 10)],
    "md5(varbinary) -> varbinary": [("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661")],
    "sha1(varbinary) -> varbinary": [("to_hex(sha1(to_utf8('a')))", "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8")],
    "sha256(varbinary) -> varbinary": [
        ("to_hex(sha256(to_utf8('a')))", "CA978112CA1BBDCAFAC231B39A23DC4DA786EFF8147C4E72B9807785AFEE48BB")
    ],
    "to_hex(varbinary) -> varchar": [("to_hex(to_utf8('ab'))", "6162")],
    "from_hex(varchar) -> varbinary": [("from_hex('6162')", b"ab")],
    "to_base64(varbinary) -> varchar": [("to_base64(to_utf8('ab'))", "YWI=")],
    "from_base64(varchar) -> varbinary": [("from_base64('YWI=')", b"ab")],
    "cardinality(array(T)) -> bigint": [("cardinality(ARRAY[1, NULL])", 2)],
    "cardinality(map(K, V)) -> bigint": [("cardinality(map(ARRAY['a'], ARRAY[1]))", 1)],
    "contains(array(T), T) -> boolean": [
        ("contains(ARRAY[1, 2], 2)", True),
        ("contains(ARRAY[1, 2], 3)", False),
        ("contains(ARRAY[1, NULL], 3)", None),
        ("contains(ARRAY[1, NULL], 1)", True),
    ],
    "element_at(array(T), bigint) -> T": [
        ("element_at(ARRAY['a', 'b'], 2)", "b"),
        ("element_at(ARRAY['a', 'b'], -1)", "b"),
        ("element_at(ARRAY['a', 'b'], 5)", None),
    ],
    "element_at(map(K, V), K) -> V": [
        ("element_at(map(ARRAY['a'], ARRAY[1]), 'a')", 1),
        ("element_at(map(ARRAY['a'], ARRAY[1]), 'b')", None),
    ],
    "slice(array(T), bigint, bigint) -> array(T)": [
        ("slice(ARRAY[1, 2, 3, 4], 2, 2)", [2, 3]),
        ("slice(ARRAY[1, 2, 3, 4], -2, 2)", [3, 4]),
        ("slice(ARRAY[1, 2, 3, 4], 3, 9)", [3, 4]),
        ("slice(ARRAY[1, 2], 1, 0)", []),
    ],
    "array_join(array(varchar), varchar) -> varchar": [("array_join(ARRAY['a', NULL, 'b'], ',')", "a,b")],
    "array_join(array(varchar), varchar, varchar) -> varchar": [
        ("array_join(ARRAY['a', NULL, 'b'], ',', '?')", "a,?,b")
    ],
    "array_position(array(T), T) -> bigint": [
        ("array_position(ARRAY['a', 'b'], 'b')", 2),
        ("array_position(ARRAY['a'], 'x')", 0),
    ],
    "array_distinct(array(T)) -> array(T)": [
        ("array_distinct(ARRAY[2, 1, 2, 1])", [2, 1]),
        ("array_distinct(ARRAY[NULL, 1, NULL])", [None, 1]),
    ],
    "array_sort(array(T)) -> array(T)": [("array_sort(ARRAY[3, NULL, 1])", [1, 3, None])],
    "array_max(array(T)) -> T": [("array_max(ARRAY[1, 3, 2])", 3), ("array_max(ARRAY[1, NULL])", None)],
    "array_min(array(T)) -> T": [("array_min(ARRAY[2, 1])", 1), ("array_min(ARRAY[1, NULL])", None)],
    # Trino's ArrayRemoveFunction keeps what it cannot compare.
    "array_remove(array(T), T) -> array(T)": [
        ("array_remove(ARRAY[1, 2, 1], 1)", [2]),
        ("array_remove(ARRAY[1, NULL, 2], 1)", [None, 2]),
        ("array_remove(ARRAY[1, NULL], NULL)", None),
    ],
    "flatten(array(array(T))) -> array(T)": [("flatten(ARRAY[ARRAY[1], ARRAY[2, 3]])", [1, 2, 3])],
    "reverse(array(T)) -> array(T)": [("reverse(ARRAY[1, 2])", [2, 1])],
    "sequence(bigint, bigint) -> array(bigint)": [("sequence(1, 3)", [1, 2, 3]), ("sequence(3, 1)", [3, 2, 1])],
    "sequence(bigint, bigint, bigint) -> array(bigint)": [
        ("sequence(1, 6, 2)", [1, 3, 5]),
        ("sequence(3, 1, -1)", [3, 2, 1]),
        ("sequence(1, 1, -1)", [1]),
        ("sequence(1, NULL, 2)", None),
    ],
    "sequence(date, date) -> array(date)": [
        ("cardinality(sequence(date '2026-02-27', date '2026-03-02'))", 4),
        ("sequence(date '2026-01-02', date '2026-01-01')", [datetime.date(2026, 1, 2), datetime.date(2026, 1, 1)]),
    ],
    "sequence(date, date, interval) -> array(date)": [
        (
            "sequence(date '2026-01-01', date '2026-02-01', interval '1' month)",
            [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)],
        )
    ],
    "map(array(K), array(V)) -> map(K, V)": [("map(ARRAY['a', 'b'], ARRAY[1, 2])", {"a": 1, "b": 2})],
    "map_keys(map(K, V)) -> array(K)": [("map_keys(map(ARRAY['a'], ARRAY[1]))", ["a"])],
    "map_values(map(K, V)) -> array(V)": [("map_values(map(ARRAY['a'], ARRAY[1]))", [1])],
    "map_concat(map(K, V)...) -> map(K, V)": [
        ("map_concat(map(ARRAY['a', 'b'], ARRAY[1, 2]), map(ARRAY['b'], ARRAY[3]))", {"a": 1, "b": 3})
    ],
    "grouping(any...) -> bigint": [
        (f"SELECT sum(g) FROM (SELECT grouping(x) AS g FROM {NUMBERS} GROUP BY ROLLUP (x)) AS u", 1)
    ],
    "count() -> bigint": [(f"SELECT count() FROM {NUMBERS}", 4)],
    "count(*) -> bigint": [
        (f"SELECT count(*) FROM {NUMBERS}", 4),
        (f"SELECT count(*) FILTER (WHERE x > 2) FROM {NUMBERS}", 2),
    ],
    "count(T) -> bigint": [
        (f"SELECT count(v) FROM {PAIRS}", 2),
        ("SELECT count(DISTINCT x) FROM (VALUES 1, 1, 2) AS t(x)", 2),
    ],
    "count_if(boolean) -> bigint": [(f"SELECT count_if(x > 1) FROM {NUMBERS}", 3)],
    "sum(number) -> summed": [
        (f"SELECT sum(x) / 4 FROM {NUMBERS}", 2),
        ("SELECT sum(x) FROM (VALUES 1.25, 2.50) AS t(x)", Decimal("3.75")),
        ("SELECT sum(x) FROM (VALUES 0.5e0, 1e0) AS t(x)", 1.5),
    ],
    "avg(real) -> real": [("SELECT avg(x) FROM (VALUES CAST(1.5 AS real), CAST(2.5 AS real)) AS t(x)", 2.0)],
    "avg(double) -> double": [(f"SELECT avg(x) FROM {NUMBERS}", 2.5)],
    "min(T) -> T": [(f"SELECT min(k) FROM {PAIRS}", "a")],
    "max(T) -> T": [(f"SELECT max(v) FROM {PAIRS}", 2)],
    "min_by(T, K) -> T": [
        ("SELECT min_by(x, y) FROM (VALUES (NULL, 1), ('b', 2)) AS t(x, y)", None),
        ("SELECT min_by(x, y) FROM (VALUES ('n', NULL), ('b', 2)) AS t(x, y)", "b"),
    ],
    "max_by(T, K) -> T": [("SELECT max_by(x, y) FROM (VALUES ('a', 1), (NULL, 2)) AS t(x, y)", None)],
    "bool_and(boolean) -> boolean": [(f"SELECT bool_and(x > 1) FROM {NUMBERS}", False)],
    "every(boolean) -> boolean": [(f"SELECT every(x > 0) FROM {NUMBERS}", True)],
    "bool_or(boolean) -> boolean": [(f"SELECT bool_or(x > 3) FROM {NUMBERS}", True)],
    "arbitrary(T) -> T": [("SELECT arbitrary(x) FROM (VALUES NULL, 'a') AS t(x)", "a")],
    "any_value(T) -> T": [("SELECT any_value(x) FROM (VALUES NULL, 'a') AS t(x)", "a")],
    "array_agg(T) -> array(T)": [(f"SELECT array_agg(v ORDER BY k DESC) FROM {PAIRS}", [None, 2, 1])],
    "listagg(varchar, varchar) -> varchar": [
        (f"SELECT listagg(k, ',') WITHIN GROUP (ORDER BY k DESC) FROM {PAIRS}", "c,b,a")
    ],
    "approx_distinct(T) -> bigint": [(f"SELECT approx_distinct(v) FROM {PAIRS}", 2)],
    "approx_percentile(number, double) -> $0": [("SELECT approx_percentile(x, 0.5) FROM (VALUES 1, 2, 3) AS t(x)", 2)],
    "stddev(double) -> double": [(f"SELECT round(stddev(x), 4) FROM {NUMBERS}", 1.291)],
    "stddev_samp(double) -> double": [(f"SELECT round(stddev_samp(x), 4) FROM {NUMBERS}", 1.291)],
    "stddev_pop(double) -> double": [(f"SELECT round(stddev_pop(x), 4) FROM {NUMBERS}", 1.118)],
    "var_samp(double) -> double": [(f"SELECT round(var_samp(x), 4) FROM {NUMBERS}", 1.6667)],
    "var_pop(double) -> double": [(f"SELECT var_pop(x) FROM {NUMBERS}", 1.25)],
    "variance(double) -> double": [(f"SELECT round(variance(x), 4) FROM {NUMBERS}", 1.6667)],
    "corr(double, double) -> double": [(f"SELECT corr(x, 2 * x) FROM {NUMBERS}", 1.0)],
    "covar_pop(double, double) -> double": [(f"SELECT covar_pop(x, x) FROM {NUMBERS}", 1.25)],
    "covar_samp(double, double) -> double": [(f"SELECT round(covar_samp(x, x), 4) FROM {NUMBERS}", 1.6667)],
    "histogram(T) -> map(T, bigint)": [("SELECT histogram(x) FROM (VALUES 'a', 'b', 'a') AS t(x)", {"a": 2, "b": 1})],
    "map_agg(K, V) -> map(K, V)": [(f"SELECT map_agg(k, v) FROM {PAIRS}", {"a": 1, "b": 2, "c": None})],
    "row_number() -> bigint": [
        (f"SELECT sum(n) FROM (SELECT row_number() OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 10)
    ],
    "rank() -> bigint": [
        ("SELECT max(n) FROM (SELECT rank() OVER (ORDER BY x) AS n FROM (VALUES 1, 1, 2) AS t(x)) AS u", 3)
    ],
    "dense_rank() -> bigint": [
        ("SELECT max(n) FROM (SELECT dense_rank() OVER (ORDER BY x) AS n FROM (VALUES 1, 1, 2) AS t(x)) AS u", 2)
    ],
    "percent_rank() -> double": [
        (f"SELECT max(n) FROM (SELECT percent_rank() OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 1.0)
    ],
    "cume_dist() -> double": [
        (f"SELECT min(n) FROM (SELECT cume_dist() OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 0.25)
    ],
    "ntile(bigint) -> bigint": [
        (f"SELECT max(n) FROM (SELECT ntile(2) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 2)
    ],
    "lag(T) -> T": [(f"SELECT sum(n) FROM (SELECT lag(x) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 6)],
    "lead(T) -> T": [(f"SELECT sum(n) FROM (SELECT lead(x) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 9)],
    "first_value(T) -> T": [
        (f"SELECT max(n) FROM (SELECT first_value(x) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 1)
    ],
    "last_value(T) -> T": [
        (f"SELECT max(n) FROM (SELECT last_value(v) IGNORE NULLS OVER (ORDER BY k) AS n FROM {PAIRS} ) AS u", 2)
    ],
    "lag(T, bigint) -> T": [(f"SELECT sum(n) FROM (SELECT lag(x, 2) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 3)],
    "lead(T, bigint) -> T": [(f"SELECT sum(n) FROM (SELECT lead(x, 2) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 7)],
    "lag(T, bigint, T) -> T": [
        (f"SELECT sum(n) FROM (SELECT lag(x, 1, 0) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 6)
    ],
    "lead(T, bigint, T) -> T": [
        (f"SELECT sum(n) FROM (SELECT lead(x, 1, 0) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 9)
    ],
    "nth_value(T, bigint) -> T": [
        (f"SELECT max(n) FROM (SELECT nth_value(x, 2) OVER (ORDER BY x) AS n FROM {NUMBERS}) AS u", 2)
    ],
}

NOT_TRIED = {"avg(decimal) -> decimal"}
"""On the list in order to be refused."""


def test_each_function_of_the_list_has_documented_values() -> None:
    assert sorted({function.signature for function in FUNCTIONS} - NOT_TRIED) == sorted(VALUES)


@pytest.mark.parametrize(("expression", "found"), [row for rows in VALUES.values() for row in rows])
def test_a_function_gives_what_is_documented(expression: str, found: Any) -> None:
    given = value(expression)
    assert given == (pytest.approx(found) if isinstance(found, float) else found)
    assert type(given) is type(found)
