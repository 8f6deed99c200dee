"""The functions of Athena that ``clickstream query`` runs: what they take and give, and the same in DuckDB's words.

Each row was tried: a test has what Trino's documentation says of it. A function that is not here is refused.
The source of all is https://trino.io/docs/current/functions.html, which is that of Athena's engine version 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlglot import exp

from clickstream_local.athena import patterns
from clickstream_local.athena.errors import QueryError

Template = str | Callable[[Sequence[exp.Expr]], str]


@dataclass(frozen=True)
class Function:
    """One way to call a function.

    Attributes
    ----------
    signature:
        As Trino's documentation writes it. ``T``, ``K`` and ``V`` are any type, ``moment`` is a date or a timestamp,
        ``number`` any number, ``'varchar'`` a constant, ``...`` one or more.
    duckdb:
        DuckDB's expression; ``$0`` is the first argument, ``$over`` stands where ``FILTER`` and ``OVER`` go.
    kind:
        ``scalar``, ``aggregate`` or ``window``.
    note:
        A difference that stays.
    instead:
        What to write, where Athena has no such function: it is run, and that is said.
    """

    signature: str
    duckdb: Template
    kind: str = "scalar"
    note: str = ""
    instead: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.signature.partition("(")[0]

    @property
    def takes(self) -> tuple[str, ...]:
        """The types of its arguments."""
        inner = self.signature[len(self.name) + 1 : self.signature.index(" -> ") - 1]
        return tuple(re.split(r", (?![^(]*\))", inner)) if inner else ()

    @property
    def gives(self) -> str:
        """The type of its result."""
        return self.signature.partition(" -> ")[2]


@cache
def functions_named(name: str) -> tuple[Function, ...]:
    """The ways to call a function; none if it is not on the list."""
    return tuple(function for function in FUNCTIONS if function.name == name.lower())


def _text(node: exp.Expr) -> str:
    return str(node.this)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unit(allowed: str, template: str) -> Template:
    """A template with ``$unit``, the first argument: a constant, and one of those allowed."""

    def fill(arguments: Sequence[exp.Expr]) -> str:
        unit = _text(arguments[0]).lower()
        if unit not in allowed.split():
            raise QueryError(f"unit {unit!r} is not supported here for this type; use {', '.join(allowed.split())}")
        return template.replace("$unit", unit)

    return fill


def _format(translate: Callable[[str], str], template: str) -> Template:
    """A template with ``$format``, the second argument: a constant, in DuckDB's words."""
    return lambda arguments: template.replace("$format", _quoted(translate(_text(arguments[1]))))


def _path(template: str) -> Template:
    return lambda arguments: template.replace("$path", _quoted(patterns.json_path(_text(arguments[1]))))


def _group(template: str) -> Template:
    def fill(arguments: Sequence[exp.Expr]) -> str:
        patterns.check_group(_text(arguments[1]), int(arguments[2].name))
        return template

    return fill


def _replaced(arguments: Sequence[exp.Expr]) -> str:
    return f"regexp_replace($0, $1, {_quoted(patterns.replacement(_text(arguments[2])))}, 'g')"


def _not_empty(template: str) -> Template:
    """A template whose second argument may not be ''."""

    def fill(arguments: Sequence[exp.Expr]) -> str:
        if isinstance(arguments[1], exp.Literal) and not _text(arguments[1]):
            raise QueryError("the delimiter may not be ''")
        return template

    return fill


def _iso_date(name: str) -> str:
    return (
        r"CASE WHEN regexp_full_match($0, '\d{4}-\d{2}-\d{2}') THEN CAST($0 AS DATE) "
        f"WHEN $0 IS NOT NULL THEN error('{name}: only yyyy-MM-dd is supported here') END"
    )


def _checked_steps(step: str, zero: str, series: str) -> str:
    """The end of a CASE with a series: DuckDB gives an empty one by a step that does not lead to its stop."""
    return (
        f"WHEN {step} = {zero} OR ({step} > {zero} AND $1 < $0) OR ({step} < {zero} AND $1 > $0) "
        f"THEN error('sequence: the step does not lead from start to stop') ELSE {series} END"
    )


def _refuse_decimals(arguments: Sequence[exp.Expr]) -> str:
    raise QueryError("avg of a decimal keeps its scale on Athena and is a double here; write avg(CAST(x AS double))")


_TIME_UNITS = "millisecond second minute hour day week month quarter year"
_DATE_UNITS = "day week month quarter year"
_SPACE = r"[\s\x0B\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}]+"
_SCHEME = "^(?:[A-Za-z][A-Za-z0-9+.-]*:)?"
_AUTHORITY = _SCHEME + "//(?:[^/?#@]*@)?"
_HOST = _AUTHORITY + r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?(?:[/?#].*)?$"
_PORT = _AUTHORITY + r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]+)(?:[/?#].*)?$"
_QUERY = r"^[^?#]*\?([^#]*)"
_NO_URL = r'[\s<>"{}|\\^`]|%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)'
_ISO_TIMESTAMP = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]00:?00)?)?"


def _url(part: str, read: str = "{}", otherwise: str = "''") -> str:
    """A part of a URL by its pattern, and what is read of it."""
    found = read.format(f"regexp_extract($0, '{part}', 1)")
    return (
        f"CASE WHEN $0 IS NULL OR regexp_matches($0, '{_NO_URL}') THEN NULL "
        f"WHEN regexp_matches($0, '{part}') THEN {found} ELSE {otherwise} END"
    )


def _same(names: str, takes: str, gives: str, **more: str) -> list[Function]:
    """Functions that DuckDB calls the same."""
    count = len(takes.split(", ")) if takes else 0
    arguments = ", ".join(f"${place}" for place in range(count))
    kind = more.get("kind", "scalar")
    over = "" if kind == "scalar" else "$over"
    return [Function(f"{name}({takes}) -> {gives}", f"{name}({arguments}){over}", kind) for name in names.split()]


GROUPS: dict[str, tuple[Function, ...]] = {
    "Conditions": (
        Function("row(any...) -> row", "row($all)"),
        Function("coalesce(T...) -> T", "coalesce($all)"),
        Function("nullif(T, T) -> T", "nullif($0, $1)"),
        Function("if(boolean, T) -> T", "CASE WHEN $0 THEN $1 END"),
        Function("if(boolean, T, T) -> T", "CASE WHEN $0 THEN $1 ELSE $2 END"),
        Function("try(T) -> T", "TRY($0)"),
        # DuckDB passes NULLs over.
        Function("greatest(T...) -> T", "CASE WHEN $null THEN NULL ELSE greatest($all) END"),
        Function("least(T...) -> T", "CASE WHEN $null THEN NULL ELSE least($all) END"),
    ),
    "Strings": (
        *_same("lower upper", "varchar", "varchar"),
        *_same("length", "varchar", "bigint"),
        Function("char_length(varchar) -> bigint", "length($0)"),
        Function("concat(varchar...) -> varchar", "($joined)"),
        Function("concat(array(T)...) -> array(T)", "($joined)"),
        Function("concat_ws(varchar, varchar...) -> varchar", "concat_ws($all)"),
        # DuckDB trims blanks only.
        Function("trim(varchar) -> varchar", f"regexp_replace($0, '^{_SPACE}|{_SPACE}$', '', 'g')"),
        Function("ltrim(varchar) -> varchar", f"regexp_replace($0, '^{_SPACE}', '')"),
        Function("rtrim(varchar) -> varchar", f"regexp_replace($0, '{_SPACE}$', '')"),
        Function("replace(varchar, varchar) -> varchar", _not_empty("replace($0, $1, '')")),
        Function("replace(varchar, varchar, varchar) -> varchar", _not_empty("replace($0, $1, $2)")),
        *_same("reverse", "varchar", "varchar"),
        *_same("lpad rpad", "varchar, bigint, varchar", "varchar"),
        *_same("starts_with", "varchar, varchar", "boolean"),
        *_same("translate", "varchar, varchar, varchar", "varchar"),
        Function("strpos(varchar, varchar) -> bigint", "strpos($0, $1)"),
        # DuckDB takes 0 for 1, and counts a negative length backwards.
        Function(
            "substr(varchar, bigint) -> varchar",
            "CASE WHEN $1 = 0 OR -$1 > length($0) THEN left($0, 0) ELSE substr($0, $1) END",
        ),
        Function(
            "substr(varchar, bigint, bigint) -> varchar",
            "CASE WHEN $1 = 0 OR -$1 > length($0) THEN left($0, 0) ELSE substr($0, $1, greatest($2, 0)) END",
        ),
        Function(
            "substring(varchar, bigint) -> varchar",
            "CASE WHEN $1 = 0 OR -$1 > length($0) THEN left($0, 0) ELSE substr($0, $1) END",
        ),
        Function(
            "substring(varchar, bigint, bigint) -> varchar",
            "CASE WHEN $1 = 0 OR -$1 > length($0) THEN left($0, 0) ELSE substr($0, $1, greatest($2, 0)) END",
        ),
        Function("split(varchar, varchar) -> array(varchar)", _not_empty("string_split($0, $1)")),
        # '' beyond the last part, and from the end with a negative index, in DuckDB.
        Function(
            "split_part(varchar, varchar, bigint) -> varchar",
            _not_empty(
                "CASE WHEN $2 <= 0 THEN error('split_part: the index must be greater than zero') "
                "ELSE list_extract(string_split($0, $1), $2) END"
            ),
        ),
        Function("chr(bigint) -> varchar", "chr(CAST($0 AS INTEGER))"),
        Function(
            "codepoint(varchar) -> integer",
            "CASE WHEN length($0) = 1 THEN unicode($0) "
            "WHEN $0 IS NOT NULL THEN error('codepoint takes one character') END",
        ),
        Function("levenshtein_distance(varchar, varchar) -> bigint", "levenshtein($0, $1)"),
        Function("hamming_distance(varchar, varchar) -> bigint", "hamming($0, $1)"),
        Function("to_utf8(varchar) -> varbinary", "encode($0)"),
        Function("from_utf8(varbinary) -> varchar", "decode($0)"),
    ),
    "Regular expressions": (
        Function(
            "regexp_like(varchar, varchar) -> boolean",
            "regexp_matches($0, $1)",
            note="RE2 has no look-around and no back-references: an error",
        ),
        # DuckDB gives '' where nothing matches.
        Function("regexp_extract(varchar, varchar) -> varchar", "list_extract(regexp_extract_all($0, $1), 1)"),
        Function(
            "regexp_extract(varchar, 'varchar', 'bigint') -> varchar",
            _group("list_extract(regexp_extract_all($0, $1, $2), 1)"),
        ),
        Function("regexp_extract_all(varchar, varchar) -> array(varchar)", "regexp_extract_all($0, $1)"),
        Function(
            "regexp_extract_all(varchar, 'varchar', 'bigint') -> array(varchar)",
            _group("regexp_extract_all($0, $1, $2)"),
        ),
        Function("regexp_replace(varchar, varchar) -> varchar", "regexp_replace($0, $1, '', 'g')"),
        Function("regexp_replace(varchar, varchar, 'varchar') -> varchar", _replaced),
        Function("regexp_split(varchar, varchar) -> array(varchar)", "regexp_split_to_array($0, $1)"),
        Function("regexp_count(varchar, varchar) -> bigint", "len(regexp_extract_all($0, $1))"),
    ),
    "URLs": (
        Function("url_extract_protocol(varchar) -> varchar", _url("^([A-Za-z][A-Za-z0-9+.-]*):")),
        Function("url_extract_host(varchar) -> varchar", _url(_HOST)),
        Function("url_extract_port(varchar) -> bigint", f"TRY_CAST({_url(_PORT)} AS BIGINT)"),
        Function("url_extract_path(varchar) -> varchar", _url(_SCHEME + "(?://[^/?#]*)?([^?#]*)", "url_decode({})")),
        Function("url_extract_query(varchar) -> varchar", _url(_QUERY, "url_decode({})")),
        Function("url_extract_fragment(varchar) -> varchar", _url("^[^#]*#(.*)", "url_decode({})")),
        Function(
            "url_extract_parameter(varchar, varchar) -> varchar",
            _url(
                _QUERY,
                "list_extract([substr(part, length($1) + 2) FOR part IN string_split(url_decode({}), '&') "
                "IF part = $1 OR starts_with(part, $1 || '=')], 1)",
                "NULL",
            ),
        ),
        Function(
            "url_encode(varchar) -> varchar",
            "replace(replace(replace(url_encode($0), '%20', '+'), '%2A', '*'), '~', '%7E')",
        ),
        Function("url_decode(varchar) -> varchar", "url_decode(replace($0, '+', ' '))"),
    ),
    "JSON": (
        *(
            Function(
                f"json_extract_scalar({kind}, 'varchar') -> varchar",
                _path(
                    f"CASE WHEN {valid}json_type($0, $path) NOT IN ('OBJECT', 'ARRAY', 'NULL') "
                    "THEN json_extract_string($0, $path) END"
                ),
                note="2.50 is given as 2.5, and 1e3 as 1000.0; Athena gives a number as it is written",
            )
            for kind, valid in (("varchar", "json_valid($0) AND "), ("json", ""))
        ),
        Function(
            "json_extract(varchar, 'varchar') -> json",
            _path("CASE WHEN json_valid($0) THEN json_extract($0, $path) END"),
        ),
        Function("json_extract(json, 'varchar') -> json", _path("json_extract($0, $path)")),
        Function("json_parse(varchar) -> json", "json($0)"),
        Function("json_format(json) -> varchar", "CAST(json($0) AS VARCHAR)"),
        Function(
            "json_array_length(varchar) -> bigint",
            "CASE WHEN json_valid($0) AND json_type($0) = 'ARRAY' THEN CAST(json_array_length($0) AS BIGINT) END",
        ),
        Function(
            "json_array_length(json) -> bigint",
            "CASE WHEN json_type($0) = 'ARRAY' THEN CAST(json_array_length($0) AS BIGINT) END",
        ),
        Function(
            "json_size(varchar, 'varchar') -> bigint",
            _path(
                "CASE WHEN json_valid($0) THEN CASE json_type($0, $path) "
                "WHEN 'OBJECT' THEN CAST(len(json_keys($0, $path)) AS BIGINT) "
                "WHEN 'ARRAY' THEN CAST(json_array_length($0, $path) AS BIGINT) "
                "ELSE CASE WHEN json_exists($0, $path) THEN 0 END END END"
            ),
        ),
    ),
    "Dates and times": (
        Function("now() -> timestamp with time zone", "date_trunc('millisecond', now())"),
        Function("date(date) -> date", "$0"),
        Function("date(timestamp) -> date", "CAST($0 AS DATE)"),
        Function("date(local time) -> date", "CAST($0 AS DATE)"),
        Function(
            "date(varchar) -> date",
            _iso_date("date"),
        ),
        Function("date_trunc('varchar', date) -> date", _unit(_DATE_UNITS, "CAST(date_trunc('$unit', $1) AS DATE)")),
        Function("date_trunc('varchar', timestamp) -> timestamp", _unit(_TIME_UNITS, "date_trunc('$unit', $1)")),
        Function("date_trunc('varchar', local time) -> local time", _unit(_TIME_UNITS, "date_trunc('$unit', $1)")),
        # DuckDB's date_diff counts the borders that are crossed.
        Function("date_diff('varchar', date, date) -> bigint", _unit(_DATE_UNITS, "date_sub('$unit', $1, $2)")),
        Function(
            "date_diff('varchar', timestamp, timestamp) -> bigint",
            _unit(_TIME_UNITS, "date_sub('$unit', $1, $2)"),
        ),
        Function(
            "date_add('varchar', bigint, date) -> date",
            _unit(_DATE_UNITS, "CAST($2 + to_$units(CAST($1 AS INTEGER)) AS DATE)"),
        ),
        Function(
            "date_add('varchar', bigint, timestamp) -> timestamp",
            _unit(_TIME_UNITS, "$2 + to_$units(CAST($1 AS INTEGER))"),
        ),
        Function("last_day_of_month(moment) -> date", "last_day($0)"),
        *(
            Function(f"{name}(moment) -> bigint", duckdb)
            for name, duckdb in (
                ("year", "year($0)"),
                ("quarter", "quarter($0)"),
                ("month", "month($0)"),
                ("week", "week($0)"),
                ("week_of_year", "week($0)"),
                ("year_of_week", "isoyear($0)"),
                ("yow", "isoyear($0)"),
                ("day", "day($0)"),
                ("day_of_month", "day($0)"),
                # DuckDB's dayofweek begins with Sunday, as 0.
                ("day_of_week", "isodow($0)"),
                ("dow", "isodow($0)"),
                ("day_of_year", "dayofyear($0)"),
                ("doy", "dayofyear($0)"),
                ("hour", "hour(CAST($0 AS TIMESTAMP))"),
                ("minute", "minute(CAST($0 AS TIMESTAMP))"),
                ("second", "second(CAST($0 AS TIMESTAMP))"),
                # DuckDB counts the seconds in.
                ("millisecond", "millisecond(CAST($0 AS TIMESTAMP)) % 1000"),
            )
        ),
        Function(
            "date_format(moment, 'varchar') -> varchar",
            _format(patterns.mysql_format, "strftime(CAST($0 AS TIMESTAMP), $format)"),
        ),
        Function(
            "date_parse(varchar, 'varchar') -> timestamp(3)", _format(patterns.mysql_format, "strptime($0, $format)")
        ),
        Function(
            "format_datetime(moment, 'varchar') -> varchar",
            _format(patterns.joda_format, "strftime(CAST($0 AS TIMESTAMP), $format)"),
        ),
        Function(
            "parse_datetime(varchar, 'varchar') -> timestamp with time zone",
            _format(patterns.joda_format, "timezone('UTC', strptime($0, $format))"),
        ),
        Function(
            "from_unixtime(double) -> timestamp with time zone",
            "make_timestamptz(CAST(round(CAST($0 AS DOUBLE) * 1000) AS BIGINT) * 1000)",
        ),
        # By habit from other engines; it gives what from_unixtime gives.
        Function(
            "to_timestamp(double) -> timestamp with time zone",
            "make_timestamptz(CAST(round(CAST($0 AS DOUBLE) * 1000) AS BIGINT) * 1000)",
            instead="from_unixtime",
        ),
        Function("to_unixtime(timestamp) -> double", "epoch($0)"),
        Function(
            "from_iso8601_timestamp(varchar) -> timestamp with time zone",
            f"CASE WHEN regexp_full_match($0, '{_ISO_TIMESTAMP}') "
            "THEN date_trunc('millisecond', CAST(replace($0, ',', '.') AS TIMESTAMPTZ)) "
            "WHEN $0 IS NOT NULL THEN error('from_iso8601_timestamp: only yyyy-MM-ddTHH:mm:ssZ is supported here') END",
        ),
        Function(
            "from_iso8601_date(varchar) -> date",
            _iso_date("from_iso8601_date"),
        ),
        Function("to_iso8601(date) -> varchar", "CAST($0 AS VARCHAR)"),
        Function(
            "to_iso8601(timestamp with time zone) -> varchar", "strftime(timezone('UTC', $0), '%Y-%m-%dT%H:%M:%S.%gZ')"
        ),
        # Athena's session is in UTC.
        Function("at_timezone(timestamp, varchar) -> local time", "timezone($1, CAST($0 AS TIMESTAMPTZ))"),
    ),
    "Numbers": (
        Function("abs(number) -> $0", "abs($0)"),
        Function("sign(number) -> $0", "CAST(sign($0) AS $type0)"),
        Function("ceil(number) -> whole", "CAST(ceil($0) AS $type)"),
        Function("ceiling(number) -> whole", "CAST(ceil($0) AS $type)"),
        Function("floor(number) -> whole", "CAST(floor($0) AS $type)"),
        Function("round(number) -> whole", "CAST(round($0) AS $type)"),
        Function("round(decimal, integer) -> $0", "CAST(round($0, CAST($1 AS INTEGER)) AS $type0)"),
        Function("round(double, integer) -> double", "round($0, CAST($1 AS INTEGER))"),
        Function("truncate(double) -> double", "trunc($0)"),
        Function("mod(number, number) -> common", "($0 % $1)"),
        Function("power(double, double) -> double", "pow($0, $1)"),
        Function("pow(double, double) -> double", "pow($0, $1)"),
        *_same("sqrt cbrt exp ln log2 log10 degrees radians sin cos tan asin acos atan", "double", "double"),
        *_same("log atan2", "double, double", "double"),
        *_same("pi random", "", "double"),
        Function("rand() -> double", "random()"),
        Function("e() -> double", "exp(1)"),
        Function("infinity() -> double", "CAST('Infinity' AS DOUBLE)"),
        Function("nan() -> double", "CAST('NaN' AS DOUBLE)"),
        Function("is_nan(double) -> boolean", "isnan($0)"),
        Function("is_finite(double) -> boolean", "isfinite($0)"),
        Function("is_infinite(double) -> boolean", "isinf($0)"),
        Function("bitwise_and(bigint, bigint) -> bigint", "(CAST($0 AS BIGINT) & $1)"),
        Function("bitwise_or(bigint, bigint) -> bigint", "(CAST($0 AS BIGINT) | $1)"),
        Function("bitwise_xor(bigint, bigint) -> bigint", "xor(CAST($0 AS BIGINT), $1)"),
    ),
    "Binary": (
        Function("md5(varbinary) -> varbinary", "unhex(md5($0))"),
        Function("sha1(varbinary) -> varbinary", "unhex(sha1($0))"),
        Function("sha256(varbinary) -> varbinary", "unhex(sha256($0))"),
        Function("to_hex(varbinary) -> varchar", "hex($0)"),
        Function("from_hex(varchar) -> varbinary", "unhex($0)"),
        Function("to_base64(varbinary) -> varchar", "to_base64($0)"),
        Function("from_base64(varchar) -> varbinary", "from_base64($0)"),
    ),
    "Arrays": (
        Function("cardinality(array(T)) -> bigint", "len($0)"),
        Function("cardinality(map(K, V)) -> bigint", "CAST(cardinality($0) AS BIGINT)"),
        # DuckDB does not say that it cannot know.
        Function(
            "contains(array(T), T) -> boolean",
            "CASE WHEN $0 IS NULL OR $1 IS NULL THEN NULL WHEN list_contains($0, $1) THEN true "
            "WHEN len($0) > list_count($0) THEN NULL ELSE false END",
        ),
        Function(
            "element_at(array(T), bigint) -> T",
            "CASE WHEN $1 = 0 THEN error('SQL array indices start at 1') ELSE list_extract($0, $1) END",
        ),
        Function("element_at(map(K, V), K) -> V", "map_extract_value($0, $1)"),
        Function(
            "slice(array(T), bigint, bigint) -> array(T)",
            "CASE WHEN $1 = 0 THEN error('SQL array indices start at 1') "
            "WHEN $2 < 0 THEN error('length must be 0 or more') "
            "WHEN $2 = 0 OR -$1 > len($0) THEN list_slice($0, 1, 0) "
            "ELSE list_slice($0, CASE WHEN $1 < 0 THEN len($0) + $1 + 1 ELSE $1 END, "
            "CASE WHEN $1 < 0 THEN len($0) + $1 ELSE $1 - 1 END + $2) END",
        ),
        Function("array_join(array(varchar), varchar) -> varchar", "array_to_string($0, $1)"),
        Function(
            "array_join(array(varchar), varchar, varchar) -> varchar",
            "array_to_string([coalesce(one, $2) FOR one IN $0], $1)",
        ),
        Function(
            "array_position(array(T), T) -> bigint",
            "CASE WHEN $0 IS NOT NULL AND $1 IS NOT NULL THEN coalesce(list_position($0, $1), 0) END",
        ),
        # DuckDB drops NULLs.
        Function(
            "array_distinct(array(T)) -> array(T)", "list_filter($0, lambda one, place: list_position($0, one) = place)"
        ),
        Function("array_sort(array(T)) -> array(T)", "list_sort($0, 'ASC', 'NULLS LAST')"),
        # DuckDB passes NULLs over.
        Function("array_max(array(T)) -> T", "CASE WHEN len($0) = list_count($0) THEN list_max($0) END"),
        Function("array_min(array(T)) -> T", "CASE WHEN len($0) = list_count($0) THEN list_min($0) END"),
        Function(
            "array_remove(array(T), T) -> array(T)",
            "CASE WHEN $1 IS NOT NULL THEN list_filter($0, lambda one: one IS NULL OR one <> $1) END",
        ),
        Function("flatten(array(array(T))) -> array(T)", "flatten($0)"),
        Function("reverse(array(T)) -> array(T)", "list_reverse($0)"),
        Function(
            "sequence(bigint, bigint) -> array(bigint)",
            "CASE WHEN $0 <= $1 THEN generate_series(CAST($0 AS BIGINT), $1) "
            "ELSE generate_series(CAST($0 AS BIGINT), $1, -1) END",
        ),
        Function(
            "sequence(date, date) -> array(date)",
            "[CAST(day AS DATE) FOR day IN generate_series($0, $1, to_days(CASE WHEN $0 <= $1 THEN 1 ELSE -1 END))]",
        ),
        Function(
            "sequence(date, date, interval) -> array(date)",
            "CASE WHEN $0 + $2 <> CAST($0 + $2 AS DATE) THEN error('sequence: the step of dates is whole days') "
            "WHEN day($0) > 28 AND (month($2) <> 0 OR year($2) <> 0) "
            "THEN error('sequence: by months from day 29, 30 or 31 is not supported here') "
            + _checked_steps("$0 + $2", "$0", "[CAST(day AS DATE) FOR day IN generate_series($0, $1, $2)]"),
        ),
        Function(
            "sequence(bigint, bigint, bigint) -> array(bigint)",
            "CASE " + _checked_steps("$2", "0", "generate_series(CAST($0 AS BIGINT), $1, $2)"),
        ),
    ),
    "Maps": (
        Function("map(array(K), array(V)) -> map(K, V)", "map($0, $1)"),
        Function("map_keys(map(K, V)) -> array(K)", "map_keys($0)"),
        Function("map_values(map(K, V)) -> array(V)", "map_values($0)"),
        Function("map_concat(map(K, V)...) -> map(K, V)", "map_concat($all)"),
        Function("grouping(any...) -> bigint", "grouping($all)"),
    ),
    # DuckDB sums into 128 bits.
    "Aggregates": (
        Function("count() -> bigint", "count(*)$over", "aggregate"),
        Function("count(*) -> bigint", "count(*)$over", "aggregate"),
        Function("count(T) -> bigint", "count($0)$over", "aggregate"),
        Function("count_if(boolean) -> bigint", "CAST(count_if($0)$over AS BIGINT)", "aggregate"),
        Function("sum(number) -> summed", "CAST(sum($0)$over AS $type)", "aggregate"),
        Function("avg(decimal) -> decimal", _refuse_decimals, "aggregate"),
        Function("avg(real) -> real", "CAST(avg($0)$over AS FLOAT)", "aggregate"),
        *_same("avg stddev_samp stddev_pop var_samp var_pop", "double", "double", kind="aggregate"),
        *_same("min max any_value", "T", "T", kind="aggregate"),
        # DuckDB takes the row of the next value that is not NULL.
        Function("min_by(T, K) -> T", "arg_min_null($0, $1)$over", "aggregate"),
        Function("max_by(T, K) -> T", "arg_max_null($0, $1)$over", "aggregate"),
        *_same("bool_and bool_or", "boolean", "boolean", kind="aggregate"),
        Function("every(boolean) -> boolean", "bool_and($0)$over", "aggregate"),
        Function("arbitrary(T) -> T", "any_value($0)$over", "aggregate"),
        Function("array_agg(T) -> array(T)", "list($0)$over", "aggregate"),
        Function("listagg(varchar, varchar) -> varchar", "string_agg($0, $1)$over", "aggregate"),
        Function(
            "approx_distinct(T) -> bigint", "count(DISTINCT $0)$over", "aggregate", "exact here, an estimate on Athena"
        ),
        Function(
            "approx_percentile(number, double) -> $0",
            "quantile_disc($0, $1)$over",
            "aggregate",
            "exact here, an estimate on Athena",
        ),
        Function("stddev(double) -> double", "stddev_samp($0)$over", "aggregate"),
        Function("variance(double) -> double", "var_samp($0)$over", "aggregate"),
        *_same("corr covar_pop covar_samp", "double, double", "double", kind="aggregate"),
        Function("histogram(T) -> map(T, bigint)", "CAST(histogram($0)$over AS $type)", "aggregate"),
        Function(
            "map_agg(K, V) -> map(K, V)",
            "map(list_distinct(list($0)), [list($1)[list_position(list($0), one)] FOR one IN list_distinct(list($0))])",
            "aggregate",
            "of two values for a key the first; Athena takes any",
        ),
    ),
    "Window functions": (
        *_same("row_number rank dense_rank", "", "bigint", kind="window"),
        *_same("percent_rank cume_dist", "", "double", kind="window"),
        *_same("ntile", "bigint", "bigint", kind="window"),
        *_same("lag lead first_value last_value", "T", "T", kind="window"),
        *_same("lag lead", "T, bigint", "T", kind="window"),
        *_same("lag lead", "T, bigint, T", "T", kind="window"),
        *_same("nth_value", "T, bigint", "T", kind="window"),
    ),
}
"""The list, by subject."""

FUNCTIONS = tuple(function for group in GROUPS.values() for function in group)

REFUSED = {
    "any_match": "CROSS JOIN UNNEST(…) and bool_or",
    "all_match": "CROSS JOIN UNNEST(…) and bool_and",
    "none_match": "CROSS JOIN UNNEST(…) and bool_or",
    "filter": "CROSS JOIN UNNEST(…) with WHERE, and array_agg",
    "transform": "CROSS JOIN UNNEST(…) and array_agg",
    "reduce": "CROSS JOIN UNNEST(…) and an aggregate",
    "format": "CAST(x AS decimal(18, 2)) and CAST(… AS varchar); rounding differs",
    "xxhash64": "sha256, or md5",
    "with_timezone": "at_timezone",
    "json_query": "json_extract",
    "json_value": "json_extract_scalar",
    "json_exists": "json_extract(…) IS NOT NULL",
    "date_part": "extract",
    "datediff": "date_diff",
    "dateadd": "date_add",
    "strftime": "date_format",
    "strptime": "date_parse",
    "ifnull": "coalesce",
    "nvl": "coalesce",
    "len": "length, or cardinality",
    "list": "array_agg",
    "string_agg": "array_join(array_agg(x), ',')",
    "group_concat": "array_join(array_agg(x), ',')",
    "epoch": "to_unixtime",
    "median": "approx_percentile(x, 0.5)",
    "string_split": "split",
    "regexp_matches": "regexp_like",
    "countif": "count_if",
    "first": "min_by",
    "last": "max_by",
    "unnest": "CROSS JOIN UNNEST(…) AS t(x)",
    "position": "strpos(text, part)",
    "any": "x IN (SELECT …)",
    "all": "x > (SELECT max(…))",
}
"""The portable form, where a function that is not on the list has one."""
