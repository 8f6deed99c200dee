"""Generated templates print the same in Apache Velocity 1.7 and here; what one refuses, the other refuses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickstream_local.vtl import MappingTemplate, VtlError
from support.requirements import absent
from support.velocity import JARS, NAMES, Velocity

BODY = (
    r'{"s":"Hello, \"W\" é/x","n":12,"f":2.50,"big":12345678901234567890,"neg":-7,"e":"","t":true,"u":false,"nul":null,'
    r'"l":[3,1,"x",null,[1,2],{"k":"v/w"}],"m":{"a":1,"k":{"c":[1,2]},"d e":"q"},"el":[],"em":{},"sm":1e-5,'
    r'"la":123456789.5,"items":[{"id":"a","x":1,"k":{"z":1}},{"id":"b","x":2.5},{"id":"c","x":30,"y":null}]}'
)
BEFORE = (
    "#set($a = 7)#set($n = 2)#set($f = 1.25)#set($s = 'hello')"
    "#set($m = $input.path('$.m'))#set($l = $input.path('$.l'))"
)
SETTINGS = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def velocity() -> Iterator[Velocity]:
    """The live engine, in which an unresolved reference is the empty string, or a skip that says what is missing."""
    if shutil.which("java") is None:
        absent("no java on the path", "the comparison with Velocity needs a JDK")
    missing = [name for name in NAMES if not (JARS / f"{name}.jar").exists()]
    if missing:
        absent(f"no {', '.join(missing)} jar in {JARS}", "install the Debian packages velocity and libjsonpath-java")
    engine = Velocity()
    yield engine
    engine.close()


def words(text: str) -> list[str]:
    return text.split()


def ours(template: str) -> str | None:
    try:
        return MappingTemplate(template).render(body=BODY)
    except VtlError:
        return None


PIECES = words(
    r"""
    $ ! { } \ # a foo . ( ) [ ] 0 1 - ' " = #set($a #if( #end #else #elseif( #{else} $i ## #* *# #[[ ]]# $a.b
    $m.a $l[0] $s.length() $!x ${a} $!{a} | #stop #break ${m.a} $d \$a \\$a \#if \\ $c 1.5 .. true $true , :
    #foo #foo(1) #mm('x') == != < && || + * / % "a""b" -1 #{if}(true) #{end} @ $_ $a-b é $$a $\!a \$x \\$x $m $l
    #$a
    """
)
PIECES += [" ", "\n", "\t", "\r\n", "= 1)", "#set($a = 1)", "#set($b='x$a')", '#set($c="v$a")', "#macro(mm $p)[$p]#end"]
PIECES += ["#foreach($i in [1..3])", "#define($d)", "#end", "$a", "#if($a)"]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9))
@settings(SETTINGS, max_examples=250)
def test_any_sequence_of_tokens_is_read_as_velocity_reads_it(velocity: Velocity, pieces: list[str]) -> None:
    template = BEFORE + "".join(pieces)
    assert ours(template) == velocity.render(template, body=BODY)


numbers = st.recursive(
    st.sampled_from(words("0 1 2 7 -3 100 2147483647 3000000000 1.5 0.0 -2.25 1e3 .5 1.0E-4 12345678.9 $a $n $f")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["/", "%"]), st.sampled_from(["2", "-7", "$n", "0.5"])).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
    ),
    max_leaves=4,
)
strings = st.recursive(
    st.sampled_from(
        ["'x'", "''", "'$a'", '"v$a"', '"${n}th $s"', '"a""b"', "$s", '"#if($a > 5)y#{else}n#end."', "'1'", "$m.nope"]
    ),
    lambda inner: st.tuples(inner, st.one_of(inner, numbers)).map(lambda t: f"{t[0]} + {t[1]}"),
    max_leaves=3,
)
truths = st.recursive(
    st.one_of(
        st.sampled_from(
            ["true", "false", "$a", "$nope", "$input.path('$.u')", "$input.path('$.nul')", "$l", "'x'", "1", "[]"]
        ),
        st.sampled_from(
            ["$m.empty", "$s.nope()", "$!{m.k.c}", "$l[3]", "$m.get('z')", "$nope == ''", "$nope == $l[3]"]
        ),
        st.tuples(numbers, st.sampled_from(["==", "!=", "<", ">", "<=", ">=", "lt", "ge", "eq"]), numbers).map(
            " ".join
        ),
        st.tuples(strings, st.sampled_from(["==", "!=", "eq", "ne"]), strings).map(" ".join),
    ),
    lambda inner: st.one_of(
        inner.map(lambda t: f"!({t})"),
        st.tuples(inner, st.sampled_from(["&&", "||", "and", "or"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    ),
    max_leaves=3,
)
PATHS = [
    *(
        f"$.{key}"
        for key in ("s", "n", "f", "big", "neg", "e", "t", "u", "nul", "l", "m", "el", "em", "items", "sm", "la")
    ),
    *("$", "$.l[5].k", "$.items[*].id", "$.items[?(@.x > 2)]", "$..x", "$.m['d e']", "$.items[0:2]", "$.nope.x"),
]
inputs = st.tuples(st.sampled_from(["path", "json"]), st.sampled_from(PATHS)).map(lambda t: f"$input.{t[0]}('{t[1]}')")
values = st.one_of(
    numbers,
    strings,
    inputs,
    st.sampled_from(["true", "[1..3]", "[2..-1]", "[1..$nope]", "[]", "{}", "$nope", "$nope + 1", "1 + $l[3]"]),
    st.lists(st.sampled_from(["1", "'x'", "$a", "$l", "[1.5]", "$nope"]), max_size=3).map(
        lambda items: f"[{', '.join(items)}]"
    ),
    st.lists(st.sampled_from(["'k': 1", "'a': $s", "$s: [2]", "'n': $l[3]", "$nope: 2"]), max_size=2).map(
        lambda pairs: "{" + ", ".join(pairs) + "}"
    ),
)
STEPS = words(
    r"""
    .k .a [0] [-1] ['k'] [$n] .size() .length() .toString() .isEmpty() .get(0) .get('k') .substring(1)
    .substring(0,2) .indexOf('l') .toUpperCase() .contains('l') .contains(1) .containsKey('k') .keySet()
    .values() .replace('l','L') .split('l')[0] .hashCode() .intValue() .concat('z') .put('q',$a) .add('w')
    .remove(0) .remove('k') .entrySet() .empty .trim() .charAt(1) .lastIndexOf('o') .startsWith('h') .set(0,'y')
    .subList(0,1) .matches('.*') .equals(7) .replaceAll('[a-l]+','<$0>') .compareTo('help')
    .equalsIgnoreCase('HELLO')
    """
)
references = st.tuples(
    st.sampled_from(words("a n f s m l nope c")),
    st.lists(st.sampled_from(STEPS), max_size=2),
    st.booleans(),
).map(lambda t: f"${{{t[0]}{''.join(t[1])}}}" if t[2] else f"$!{t[0]}{''.join(t[1])}|")
plain = st.one_of(
    references,
    inputs,
    values.map(lambda value: f"#set($c = {value})$c"),
    st.tuples(st.sampled_from(["m.a", "m['q']", "l[0]", "l[-1]", "nope.x", "s.x"]), values).map(
        lambda t: f"#set(${t[0]} = {t[1]})\n$m $l"
    ),
    st.tuples(
        st.sampled_from(["escapeJavaScript", "base64Encode", "urlEncode"]), st.sampled_from(["$s", "$input.body"])
    ).map(lambda t: f"$util.{t[0]}({t[1]})"),
)
statements = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.tuples(truths, inner, truths, inner).map(
            lambda t: f"#if({t[0]}){t[1]}#elseif({t[2]})\n{t[3]}#{{else}}no#end\n"
        ),
        st.tuples(values, inner).map(
            lambda t: f"#foreach($i in {t[0]})$foreach.index:$i\n {t[1]}#if($foreach.last).#end#end "
        ),
        inner.map(lambda text: f"#define($d)<{text}>#end$d"),
        inner.map(lambda text: f"#macro(q $x)[$x#set($x='in')$x{text}]#end#q($s)"),
    ),
    max_leaves=3,
)


@given(st.lists(statements, min_size=1, max_size=3))
@settings(SETTINGS, max_examples=250)
def test_any_sequence_of_statements_prints_what_velocity_prints(velocity: Velocity, parts: list[str]) -> None:
    template = BEFORE + "".join(parts)
    expected = velocity.render(template, body=BODY)
    assert ours(template) == expected


KEYS = st.sampled_from([".a", ".items", ".l", ".m", ".id", ".x", ".k", "['d e']", '["s"]', "[0]", "[1]", "[5]"])
LAST = st.sampled_from(
    [
        *(
            "",
            "[*]",
            "..id",
            "..k",
            "[0,2]",
            "[0:1]",
            "[1:]",
            "[:2]",
            "[-1:]",
            "[:-1]",
            "[?(@.id)]",
            "[?(@.id == 'a')]",
        ),
        *(
            "[?(@.x > 2)]",
            "[?(@.x >= 2.5 && @.x < 9)]",
            "[?(@.x == 1 || @.id == 'c')]",
            "[?(@.id != 'a')]",
            "[?(!@.y)]",
        ),
        *("[?(@.y == null)]", "[?(@.id in ['a', 'c'])]", "[?(@.k.z == 1)]", "[?(@.id =~ /[ab]/)]", "[*].id", "..x"),
    ]
)


@given(st.lists(KEYS, max_size=3), LAST)
@settings(SETTINGS, max_examples=250)
def test_any_jsonpath_reads_what_jayway_reads(velocity: Velocity, keys: list[str], last: str) -> None:
    """Jayway 2.0 refuses a path where the document has another shape; we say missing, as its later versions do."""
    path = "$" + "".join(keys) + last
    template = "$input.json($input.params('p'))"
    params = {"path": {"p": path}}
    expected = velocity.render(template, body=BODY, params=params)
    if expected is None:
        return
    nothing = ('""', "[]")  # which of the two depends, in 2.0, on where in the path a property is missing
    got = MappingTemplate(template).render(body=BODY, params=params)
    assert got == expected or (got in nothing and expected in nothing)


# json-smart keeps fractions of more than 18 characters as decimals, which the facts do not say of API Gateway.
fractions = st.floats(-1e9, 1e9).filter(lambda number: len(repr(number)) <= 18)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | fractions | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    )
)
@settings(SETTINGS, max_examples=250)
def test_any_document_is_written_as_json_smart_writes_it(velocity: Velocity, document: object) -> None:
    body = json.dumps({"d": document})
    template = "$input.json('$.d') $input.path('$.d')"
    expected = velocity.render(template, body=body)
    assert MappingTemplate(template).render(body=body) == expected


JSON_PIECES = words(
    r"""
    { } [ ] , : " ' a b true false null NaN 0 1 -7 01 1.5 2e3 1e - . \" \n \u0041 \u00 \q "a" 'b' {"a":1} [1,2] é / x
    """
)


@given(st.lists(st.sampled_from([*JSON_PIECES, " ", "\n", ": ", ", ", "\x01"]), max_size=9).map("".join))
@settings(SETTINGS, max_examples=250)
def test_any_body_is_read_as_json_smart_reads_it(velocity: Velocity, body: str) -> None:
    template = "$input.json('$')"
    try:
        printed = MappingTemplate(template).render(body=body)
    except VtlError:
        printed = None
    # Jayway 2.0 refuses null as a document; what the service makes of that body is not known.
    assert printed == velocity.render(template, body=body) or printed == "null"
