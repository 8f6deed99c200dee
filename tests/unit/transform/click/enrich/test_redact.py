from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from clickstream_transform.click.enrich.redact import Redactor
from clickstream_transform.options import QUERY_KEYS
from support.transform_harness import CLICK_SCHEMA, Transform

NAME = {"event_name": "click"}


def test_email_like_text_is_redacted_in_addresses_and_properties() -> None:
    """facts/goals.md#transform, goal 9."""
    row = Transform().row(
        NAME
        | {
            "page_url": "https://u:p@example.com/joe%40mail.example.org/?a=1&Token=abc&b=2",
            "page_referrer": "https://example.org/?q=joe.doe+x@mail.example.org",
            "properties": {"note": ["line\njoe@mail.example.org."], "joe@mail.example.org": {"n": 1}},
        }
    )
    assert row["page_url"] == "https://example.com/redacted/?a=1&Token=redacted&b=2"
    assert row["page_referrer"] == "https://example.org/?q=redacted"
    assert json.loads(row["properties"]) == {"note": ["line\nredacted."], "redacted": {"n": 1}}
    assert sorted(row["enrich_flags"]) == ["redacted:page_referrer", "redacted:page_url", "redacted:properties"]


@pytest.mark.parametrize("column", ["page_url", "page_referrer"])
def test_an_email_address_is_redacted_before_its_column_is_cut(column: str) -> None:
    start = "https://example.com/?q="
    address = start + "x" * (4_096 - len(start) - len("=a@m")) + "=a@mail.example.org"
    row = Transform().row(NAME | {column: address})
    assert row[column].endswith("x=red")
    assert set(row["enrich_flags"]) == {f"redacted:{column}", f"truncated:{column}"}


def test_names_that_are_redacted_to_the_same_text_keep_their_values() -> None:
    members = {"a@b.example": 1, "redacted": 2, "c@d.example": 3, "redacted_3": 4, "e@f.example": 5}
    row = Transform().row(NAME | {"properties": members})
    assert json.loads(row["properties"]) == {
        "redacted": 1,
        "redacted_": 2,
        "redacted_2": 3,
        "redacted_3": 4,
        "redacted_4": 5,
    }


def test_redaction_follows_the_options() -> None:
    row = Transform(redact=["page_title"], redact_query_keys=[]).row(
        NAME | {"page_title": "to joe@mail.example.org", "page_url": "/?token=a", "properties": {"e": "a@b.example"}}
    )
    assert row["page_title"] == "to redacted"
    assert (row["page_url"], row["properties"]) == ("/?token=a", '{"e":"a@b.example"}')


def test_what_was_redacted_does_not_come_back_in_derived_columns() -> None:
    row = Transform().row({"event_name": "click", "page_url": "https://e.example/?utm_source=joe@mail.example.org"})
    assert row["utm_source"] == "redacted"
    assert "joe" not in json.dumps(row)


SECRET = "s3cr3tv4lue9"
SIGNED = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s3cr3tv4lue9"
PARAMETERS = [
    *(
        "token",
        "id_token",
        "refresh_token",
        "reset_token",
        "access-token",
        "csrfToken",
        "TOKEN",
        "tokens",
        "id_token_hint",
    ),
    *("password", "new_password", "password2", "passwd", "pwd", "pass", "client_secret", "passphrase", "pin", "otp"),
    *("api_key", "apikey", "x-api-key", "google_api_key", "AWSAccessKeyId", "auth", "oauth_verifier", "SAMLResponse"),
    *("session", "sessionid", "PHPSESSID", "connect.sid", "sid", "X-Amz-Signature", "X-Amz-Security-Token", "sig"),
    *("signature", "X-Goog-Credential", "code", "auth_code", "code_verifier", "oobCode", "ticket", "jwt", "email"),
    *(
        "%74oken",
        "access%5Ftoken",
        "access%255Ftoken",
        "+token",
        "%20token",
        "token[]",
        "token%5B0%5D",
        "user[password]",
    ),
    *("user%5Bpassword%5D", "user.password", "amp;token", "data[0][api_key]"),
]
ADDRESSES = [
    *(f"https://shop.example/p?a=1&{name}={SECRET}&b=2" for name in PARAMETERS),
    *(f"https://shop.example/#{name}={SECRET}&state=x" for name in ("id_token", "access_token", "code")),
    f"https://shop.example/#/reset?token={SECRET}",
    f"https://shop.example/cart;jsessionid={SECRET}?a=1",
    f"https://shop.example/cart;jsessionid={SECRET}/next",
    f"https://shop.example/cart%3Bjsessionid%3D{SECRET}",
    f"https://shop.example/?a=1;token={SECRET};b=2",
    f"https://shop.example/?a=1&amp;token={SECRET}&amp;b=2",
    f"https://shop.example/?token=a/b?{SECRET}",
    f"https://shop.example/?token=a%26{SECRET}",
    f"https://shop.example/?token=a;{SECRET}",
    f"https://shop.example/?a=token={SECRET}",
    f"https://{SECRET}:word@shop.example/",
    f"https://user:{SECRET}@shop.example/",
    f"ftp://user:{SECRET}@localhost/",
    f"https://shop.example/login?next=https%3A%2F%2Fuser%3A{SECRET}%40localhost%2F",
    f"https://shop.example/login?next=https%3A%2F%2Fshop.example%2F%3Ftoken%3D{SECRET}",
    f"https://shop.example/login?next=%2F%3Fa%3D1%26token%3D{SECRET}%26b%3D2&c=3",
    f"https://shop.example/login?next=%252F%253Fa%253D1%2526user%255Bpassword%255D%253D{SECRET}",
    f"https://shop.example/login?next=https://shop.example/?token={SECRET}",
    f"/relative?token={SECRET}",
    f"?token={SECRET}",
    f"token={SECRET}",
    f"android-app://shop.example/?token={SECRET}",
    f"mailto:?token={SECRET}",
    f"https://shop.example/?q={SIGNED}",
    f"https://shop.example/{SIGNED}",
    *(
        f"https://shop.example/{front}{SECRET}"
        for front in ("reset/", "verify-email/", "password_reset/MQ/", "users/confirm/")
    ),
    *(
        f"https://shop.example/{front}{SECRET}"
        for front in ("auth/magic-link/", "resetPassword/", "invite%2F", "#/token/")
    ),
    f"https://shop.example/account/activate/{SECRET}/?a=1",
    f"https://shop.example/login?next=%2Funsubscribe%2F{SECRET}",
    f"/api-key/{SECRET}",
]
E_MAILS = [
    *("s3cr3tv4lue9@example.com", "S3CR3TV4LUE9+tag@sub.example.co.uk", "o's3cr3tv4lue9@example.com"),
    *("s3cr3tv4lue9%40example.com", "s3cr3tv4lue9%2540example.com", "s3cr3tv4lue9%252540example%252Ecom"),
    *("s3cr3tv4lue9@bücher.example", "s3cr3tv4lue9@BÜCHER.example", "s3cr3tv4lue9@xn--bcher-kva.example"),
    *("jörgs3cr3tv4lue9@example.com", "j%C3%B6rgs3cr3tv4lue9%40b%C3%BCcher.example", "s3cr3tv4lue9@例え.テスト"),
    *("s3cr3tv4lue9＠example.com", "s3cr3tv4lue9%EF%BC%A0example.com", "s3cr3tv4lue9@example．com"),
    *("s3cr3tv4lue9&#64;example.com", "s3cr3tv4lue9&#x40;example.com", "s3cr3tv4lue9&commat;example.com"),
    *("s3cr3tv4lue9%26%2364%3Bexample.com", "s3cr3tv4lue9%u0040example.com", "s3cr3tv4lue9@[192.0.2.7]"),
    *("hello%20to%20all%20of%20you%20" * 20 + "s3cr3tv4lue9%40example.com", "<s3cr3tv4lue9@example.com>"),
]
WITH_E_MAIL = [f"https://shop.example/?q={text}" for text in E_MAILS]
TEXT_COLUMNS = [
    name
    for name, column in CLICK_SCHEMA["properties"].items()
    if column["type"] == "string" and not column.get("readOnly") and "format" not in column and "pattern" not in column
]
PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    **{name: lambda text, name=name: {name: text} for name in TEXT_COLUMNS},
    "element_classes": lambda text: {"element_classes": ["a", text]},
    "properties": lambda text: {"properties": {"link": text}},
    "deep in properties": lambda text: {"properties": {"a": [{"b": [text]}]}},
    "a sentence in properties": lambda text: {"properties": {"note": f"see {text} today"}},
    "a name in properties": lambda text: {"properties": {text: 1}},
    "a member without column": lambda text: {"link_url": text},
    "a name without column": lambda text: {text: True},
    "a text that is cut": lambda text: {"page_title": "x" * (1_990 - len(text) // 2) + " " + text},
}


@pytest.fixture(scope="module")
def transform() -> Transform:
    return Transform()


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_of_an_address_and_no_e_mail_is_in_any_column(place: str, transform: Transform) -> None:
    """Google Analytics help 13544947 is the least: e-mail in every parameter, keys of the query in addresses."""
    kept = {}
    for text in (*ADDRESSES, *E_MAILS, *WITH_E_MAIL):
        row = json.dumps(transform.row(NAME | PLACES[place](text)), ensure_ascii=False)
        if SECRET in row.lower() or "redacted:" not in row:
            kept[text] = row
    assert not kept


MEMBERS = [
    *("password", "apiKey", "api_key", "token", "accessToken", "id_token", "client_secret", "x-api-key", "PHPSESSID"),
    *(
        "Authorization",
        "credentials",
        "otp",
        "jwt",
        "code",
        "sid",
        "sig",
        "auth",
        "session",
        "sessionId",
        "user[password]",
    ),
    *("%74oken", "user.password", "X-Amz-Signature", "passwd", "pw", "csrf_token", "secret"),
]
NESTS: dict[str, Callable[[str, Any], dict[str, Any]]] = {
    "at the top": lambda name, value: {name: value},
    "in properties": lambda name, value: {"properties": {name: value}},
    "deep in properties": lambda name, value: {"properties": {"a": [{"b": {name: value}}]}},
    "in a list": lambda name, value: {"properties": {name: [value]}},
    "in an object": lambda name, value: {"properties": {name: {"value": value}}},
    "in JSON in a text": lambda name, value: {"properties": {"body": json.dumps({"a": 1, name: value})}},
    "in a text in JSON in a text": lambda name, value: {
        "properties": {"log": json.dumps({"body": json.dumps({name: value})})}
    },
}


@pytest.mark.parametrize("nest", NESTS)
def test_no_secret_that_its_name_tells_is_in_any_column(nest: str, transform: Transform) -> None:
    kept = {}
    for name in MEMBERS:
        row = json.dumps(transform.row(NAME | NESTS[nest](name, SECRET)))
        if SECRET in row or "redacted:properties" not in row:
            kept[name] = row
    assert not kept


def test_an_e_mail_address_beside_a_secret_is_redacted_too(transform: Transform) -> None:
    row = transform.row(NAME | {"properties": {"session": {"id": SECRET, "of": "joe@mail.example.org", "n": 1}}})
    assert json.loads(row["properties"]) == {"session": {"id": "redacted", "of": "redacted", "n": 1}}


def test_a_number_behind_the_name_of_a_secret_is_one_but_for_counts(transform: Transform) -> None:
    row = transform.row(NAME | {"properties": {"pin": 1234, "password": 1.5, "prompt_tokens": 512, "otp": None}})
    assert json.loads(row["properties"]) == {
        "pin": "redacted",
        "password": "redacted",
        "prompt_tokens": 512,
        "otp": None,
    }


@pytest.mark.parametrize(
    "members",
    [
        {"code": "NL", "signup_method": "google", "session_start": "2026-11-21T10:00:00.000Z", "session_count": 3},
        {"$session_id": "550e8400-e29b-41d4-a716-446655440000", "ga_session_id": 1_700_000_000},
        {"auth": "google", "has_email": "yes", "is_password_set": True, "coupon": {"code": "SPRING24"}, "pass": "gold"},
        {"body": '{"code":"NL","prompt_tokens":512,"signup_method":"google","title":"a \\"token\\": no"}'},
        {
            "postal_code": "1012AB",
            "keyboard": "de",
            "author": "jane",
            "tokens_used": 12,
            "pinned": "yes",
            "spin": "left",
        },
    ],
)
def test_members_whose_names_only_resemble_those_of_secrets_stay(members: dict[str, Any], transform: Transform) -> None:
    row = transform.row(NAME | {"properties": members})
    assert json.loads(row["properties"]) == members
    assert "enrich_flags" not in row


def test_a_column_of_its_own_is_no_secret(transform: Transform) -> None:
    assert transform.row(NAME | {"session_id": SECRET})["session_id"] == SECRET


PLAIN = [
    *(
        "https://shop.example/confirm/step-2-of-3",
        "/hotproducts/iphone15pro",
        "/presets/bright2000x",
        "/signup/business2024x",
    ),
    *("https://shop.example/verify/identity?from=reset", "/reset", "/products/550e8400-e29b-41d4-a716-446655440000"),
    *(
        "https://shop.example/p?utm_source=news&utm_term=a%20b%3Dc&gclid=Cj0K&page=2#top",
        "https://www.shop.example/@me",
    ),
    *("https://unpkg.example/react@18.2.0/umd/react.js", "https://maps.example/@52.37,4.89,15z?entry=ttu"),
    *("/search?q=a+b&sort=price;asc&author=x&promo_code=SPRING&country_code=NL&keyword=tokens&assignee=1", "a = b @ 5"),
    *(
        "100% sure, 50%40 off & more; x=1 y=2",
        "mailto:?subject=hello",
        "?",
        "=",
        "%",
        "&#",
        "%3D",
        "token=",
        "@",
        "eyJ",
    ),
]


@pytest.mark.parametrize("place", ["page_url", "element_href", "page_title", "properties", "a member without column"])
@pytest.mark.parametrize("text", PLAIN)
def test_text_without_secret_stays(text: str, place: str, transform: Transform) -> None:
    row = transform.row(NAME | PLACES[place](text))
    assert "enrich_flags" not in row
    assert text in [row.get(place), *json.loads(row.get("properties", "{}")).values()]


def test_an_id_with_an_e_mail_address_is_replaced_by_one_of_the_transform(transform: Transform) -> None:
    first, second = (transform.row(NAME | {"event_id": f"{name}@mail.example.org"}) for name in ("joe", "ann"))
    assert len(first["event_id"]) == 32
    assert first["enrich_flags"] == ["redacted:event_id"]
    assert first["event_id"] != second["event_id"]


def test_patterns_for_query_keys_replace_those_of_the_default() -> None:
    transform = Transform(redact_query_keys=["member*", "x-*-y"])
    row = transform.row(NAME | {"page_url": "/?token=a&Member_No=7&x-a-y=1&xy=2"})
    assert row["page_url"] == "/?token=a&Member_No=redacted&x-a-y=redacted&xy=redacted"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "token=a&",
            "a=b&",
            "%3D",
            "%25",
            "%253Dtoken",
            ";a=",
            "a@",
            "a@b.",
            "//a@",
            "%40",
            "eyJaaaaa.",
            "&amp;",
            "a",
        ),
        *("//", "<", "[", "%2F%2F", "token%3D%26", "//a%3A", "/reset", "/reset/a1", "reset-", "%2Freset%2F", "/token."),
        *('"a":"', '"token":"a"', '\\"token\\":\\"a', '"a"   ', '"token":1'),
    ],
)
def test_the_cost_of_a_text_grows_with_its_length(text: str) -> None:
    redactor = Redactor(("*",), QUERY_KEYS, frozenset({"page_title"}))

    def cost(times: int) -> float:
        best = 9.0
        for _ in range(5):
            begun = time.process_time()
            redactor.redacted("page_title", "@" + text * times)
            best = min(best, time.process_time() - begun)
        return best

    assert cost(20_000) < max(0.02, 3 * cost(10_000))
