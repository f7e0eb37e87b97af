"""CSV files as spreadsheets write them, and what is told of their faulty rows."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FormatError
from bot.sources.csv_file import read_csv
from bot.sources.mapping import parse_map
from bot.sources.rows import MAX_LINE, bounded_lines

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = datetime(2026, 4, 15, 15, tzinfo=UTC)
COLUMNS = 'id = "id"\namount = "value"\nclosed_at = "closed"\ncontact_emails = "mails"\n'


def deals(*, head="", columns=COLUMNS, tail=""):
    return parse_map(f'type = "deal.updated"\n{head}\n[columns]\n{columns}\n{tail}', "map.toml")


def read(text, import_map=None, **options):
    body = text if isinstance(text, bytes) else text.encode()
    return list(read_csv(body.splitlines(keepends=True), import_map or deals(), as_of=AS_OF, **options))


def data_of(*args, **options):
    """The data of all rows, which must be without a problem."""
    rows = read(*args, **options)
    assert [row.problem for row in rows] == [None] * len(rows)
    return [row.event.data for row in rows]


def one(field, cell, *, head="", columns="", kind="deal.updated", identity="id", tail="", **options):
    """The value that one cell becomes in a field, or the problem of its row."""
    text = f'type = "{kind}"\n{head}\n[columns]\n{identity} = "=X-1"\n{field} = "cell"\n{columns}\n{tail}'
    (row,) = read(f"other,cell\nx,{cell}\n", parse_map(text, "map.toml"), **options)
    return row.problem or row.event.data.get(field, "left out")


WANTED = [
    {
        "id": "1",
        "amount": "12.5",
        "closed_at": "2026-03-31",
        "contact_emails": ["a@x.example", "b@x.example"],
    },
    {"id": "2"},
]


@pytest.mark.parametrize(
    "text",
    [
        "id,value,closed,mails\n1,12.50,2026-03-31,a@x.example;B@x.example\n2,,,\n",
        "\ufeffid,value,closed,mails\r\n1,12.50,2026-03-31,a@x.example;B@x.example\r\n2,,,\r\n",
        'id;value;closed;mails\n1;12.50;2026-03-31;"a@x.example; B@x.example;"\n2;;;',
        "id\tvalue\tclosed\tmails\n1\t12.50\t2026-03-31\ta@x.example;B@x.example\n2\t\t\t\n",
        '"id", "value", "closed", "mails"\n "1", "12.50", "2026-03-31", "a@x.example;B@x.example"\n2, , ,\n',
        "mails,closed,value,id\na@x.example;B@x.example,2026-03-31,12.50,1\n,,,2\n",
        "\nid,value,closed,mails,more\n\n1,12.50,2026-03-31,a@x.example;B@x.example,x\n,,,,\n2,,,,y\n\n",
        '"id","value","closed","mails","a;b;c;d;e"\n1,12.50,2026-03-31,a@x.example;B@x.example,\n2,,,,\n',
    ],
    ids=["comma", "bom-crlf", "semicolon", "tab", "quoted", "order", "blank-rows", "quoted-semicolons"],
)
def test_shapes_of_a_file(text):
    """Delimiter, line ends, quotes, byte order mark, blank rows and column order make no difference."""
    assert data_of(text) == WANTED


def test_a_cell_of_several_lines():
    """A quoted cell may hold delimiters, quotes and line breaks."""
    import_map = deals(columns='id = "id"\nname = "name"')
    assert data_of('id,name\n1,"Quinn, ""Cold""\nStorage"\n', import_map) == [
        {"id": "1", "name": 'Quinn, "Cold"\nStorage'}
    ]


def test_rows_are_numbered_from_the_header():
    """The first row after the header is row 1; rows of empty cells are not counted."""
    assert [
        (row.number, row.event.data["id"]) for row in read("id,value,closed,mails\n1,,,\n,,,\n2,,,\n")
    ] == [
        (1, "1"),
        (2, "2"),
    ]


def test_the_time_of_a_row():
    """A row happened when its timestamp column says, and at `as_of` where that cell is empty."""
    import_map = deals(head='timestamp = "closed"')
    rows = read("id,value,closed,mails\n1,,2026-03-31,\n2,,,\n", import_map)
    assert [row.event.at for row in rows] == [datetime(2026, 3, 31, tzinfo=UTC), AS_OF]


NEW_YORK = 'timezone = "America/New_York"'


@pytest.mark.parametrize(
    ("cell", "head", "zone", "value"),
    [
        ("2026-03-31", NEW_YORK, "UTC", "2026-03-31"),
        ("2026-03-31 09:30", NEW_YORK, "UTC", "2026-03-31T13:30:00Z"),
        ("2026-03-31T09:30:15", NEW_YORK, "UTC", "2026-03-31T13:30:15Z"),
        ("2026-03-31 09:30:15.5", "", "Europe/Berlin", "2026-03-31T07:30:15.500000Z"),
        ("2026-03-31 09:30", NEW_YORK, "Europe/Berlin", "2026-03-31T13:30:00Z"),
        ("2026-03-31 09:30", "", "UTC", "2026-03-31T09:30:00Z"),
        ("2026-03-31 09:30+02:00", NEW_YORK, "UTC", "2026-03-31T07:30:00Z"),
        ("2026-03-31T09:30:00Z", NEW_YORK, "UTC", "2026-03-31T09:30:00Z"),
        ("2026-03-08 02:30", NEW_YORK, "UTC", "2026-03-08T07:30:00Z"),
        ("2026-11-01 01:30", NEW_YORK, "UTC", "2026-11-01T05:30:00Z"),
    ],
)
def test_times_of_a_field(cell, head, zone, value):
    """A time without an offset is one in the map's zone, else in the given one; a date alone stays a date."""
    assert one("closed_at", cell, head=head, zone=zone) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("2026-03-31", "2026-03-31T04:00:00Z"), ("2026-03-31 09:30", "2026-03-31T13:30:00Z")],
)
def test_times_that_must_be_instants(cell, value):
    """Where an instant is needed, a date alone is 00:00 of that day in the map's zone."""
    assert one("at", cell, kind="touch.recorded", identity="email", head=NEW_YORK) == value


@pytest.mark.parametrize(
    ("kind", "identity", "field", "cell", "value"),
    [
        ("person.updated", "email", "active", "Yes", True),
        ("person.updated", "email", "active", "FALSE", False),
        ("person.updated", "email", "active", "0", False),
        ("lead.updated", "id", "score", "72", 72),
        ("deal.updated", "id", "lead_ids", "1;2; ;1", ["1", "2"]),
        ("deal.updated", "id", "currency", "usd", "USD"),
        (
            "deal.updated",
            "id",
            "contributors",
            "A@x.example;b@x.example",
            [
                {"email": "a@x.example", "role": None, "share": None},
                {"email": "b@x.example", "role": None, "share": None},
            ],
        ),
        ("campaign.updated", "name", "assets", "Guide;Webinar", ["Guide", "Webinar"]),
        ("campaign.updated", "name", "starts_on", "2026-02-01", "2026-02-01"),
    ],
)
def test_cells_of_other_kinds(kind, identity, field, cell, value):
    """Lists are split on semicolons, yes and no are true and false, numbers are numbers."""
    assert one(field, cell, kind=kind, identity=identity) == value


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("stage", "Won", "won"),
        ("stage", "WON ", "won"),
        ("stage", "open", "open"),
        ("stage", " ", "left out"),
        ("stage", "n/a", "left out"),
    ],
)
def test_translated_values(field, cell, value):
    """A value of theirs becomes ours; one that is ours already stays; one that means nothing is left out."""
    assert one(field, cell, tail='[values.stage]\nWon = "won"\n"n/a" = ""') == value


def test_translated_values_of_a_list():
    """In a cell for a list each part is translated."""
    assert one("lead_ids", "a;b", tail='[values.lead_ids]\na = "1"') == ["1", "b"]


HEADER = "id,value,closed,mails\n"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            '1,"12,500.00",,\n',
            "row 2, column value: must be a decimal like 12500.00; it is '12,500.00' (line 3)",
        ),
        (
            "1,,31/03/2026,\n",
            (
                "row 2, column closed: must be an ISO 8601 time with its offset, like 2026-11-20T15:04:32Z, "
                "or a date like 2026-11-20; it is '31/03/2026' (line 3)"
            ),
        ),
        ("1,,2026-02-30,\n", "row 2, column closed: 2026-02-30 is not a date of the calendar (line 3)"),
        (",5,,\n", "row 2, column id: is missing; it says which record is meant (line 3)"),
        ("1,5,\n", "row 2: has 3 cells, the header 4 (line 3)"),
        ("1,5,,,\n", "row 2: has 5 cells, the header 4 (line 3)"),
        (
            b"1,5,,\xe9@x.example\n",
            "row 2: is not UTF-8 (byte 6 of its line); save the file as UTF-8 (line 3)",
        ),
        ("1,5,,\x00\n", "row 2: has a NUL character (line 3)"),
        (
            '1,"5"5,,\n',
            "row 2: is not CSV (',' expected after '\"'); look for a quote that is not closed (line 3)",
        ),
        ("1," + "5" * MAX_LINE + ",,\n", "row 2: is longer than 1048576 bytes (line 3)"),
        (
            "1,,," + "x" * 200_000 + "\n",
            (
                "row 2: is not CSV (field larger than field limit (131072)); "
                "look for a quote that is not closed (line 3)"
            ),
        ),
    ],
    ids=["amount", "date", "calendar", "identity", "few", "many", "encoding", "nul", "quote", "line", "cell"],
)
def test_a_faulty_row_stops_no_other(row, problem):
    """A faulty row is told by number, column, reason and line; the rows around it are read."""
    body = HEADER.encode() + b"8,,,\n" + (row if isinstance(row, bytes) else row.encode()) + b"9,,,\n"
    rows = read(body)
    assert [(found.number, found.problem, found.event and found.event.data) for found in rows] == [
        (1, None, {"id": "8"}),
        (2, problem, None),
        (3, None, {"id": "9"}),
    ]


def test_a_quote_that_is_never_closed():
    """A quote left open is a problem of the row in which it was opened."""
    rows = read(HEADER + '1,,,\n2,"5,,\n3,,,\n')
    assert [row.problem for row in rows] == [
        None,
        "row 2: is not CSV (unexpected end of data); look for a quote that is not closed (line 3)",
    ]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (
            'id = "value"\namount = "{id}{closed}"',
            "row 1, columns id and closed: must be a decimal like 12500.00; it is 'ab' (line 2)",
        ),
        (
            'id = "id"\namount = "=much"',
            "row 1, field amount: must be a decimal like 12500.00; it is 'much' (line 2)",
        ),
    ],
)
def test_a_problem_names_all_columns_of_its_field(columns, problem):
    """A fault in a join is told by all its columns, one in a constant by the field."""
    assert [row.problem for row in read(HEADER + "a,5,b,\n", deals(columns=columns))] == [problem]


def test_a_missing_owner_of_a_touch():
    """A row that does not say whose touch it is names the column that would."""
    import_map = parse_map('type = "touch.recorded"\n[columns]\nemail = "mail"\nasset = "page"', "map.toml")
    assert [row.problem for row in read("mail,page\n,Guide\n", import_map)] == [
        "row 1, field lead_id: lead_id or email is missing; one of them must say who it was (line 2)"
    ]


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        (b"", "header", "is missing; the file is empty"),
        (b"\n \n", "header", "is missing; the file is empty"),
        (b",,\n1,2,3\n", "header", "is empty; the first line must name the columns"),
        (b"id,valu\xe9\n", "header", "is not UTF-8 (byte 8 of its line); save the file as UTF-8"),
        ("id,value\n".encode("utf-16"), "header", "is UTF-16; save the file as UTF-8"),
        (b'id,"value\n', "header", "is not CSV (unexpected end of data)"),
        (
            b"id,closed,mails\n",
            "columns.amount",
            "the file has no column value; its columns are id, closed, mails",
        ),
        (
            b"id,value,value,closed,mails\n",
            "columns.amount",
            "the file has more than one column value; its columns are id, value, value, closed, mails",
        ),
        (
            b"id,a\x1b[0m,mails\n",
            "columns.amount",
            "the file has no column value; its columns are id, 'a\\x1b[0m', mails",
        ),
    ],
)
def test_a_header_that_does_not_do(text, field, reason):
    """What is wrong with a header is told before any row is read."""
    with pytest.raises(FormatError) as caught:
        read(text)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_an_unknown_timestamp_column():
    """The column of the timestamp must be there, too."""
    with pytest.raises(
        FormatError, match=r"^timestamp: the file has no column when; its columns are id, value"
    ):
        read(HEADER, deals(head='timestamp = "when"'))


def test_a_header_without_a_map():
    """Without a map, a header that is not known says what is needed."""
    with pytest.raises(FormatError) as caught:
        read_csv([b"id,value\n"], None, as_of=AS_OF)
    assert str(caught.value) == "header: is not known; say with --map what its columns mean: id, value"


def test_a_file_without_rows():
    """A header alone is a file without rows."""
    assert read(HEADER) == []


def test_rows_are_read_one_at_a_time():
    """No line is read before its row is asked for, so that even an endless file will do."""
    asked = []

    def lines():
        yield HEADER.encode()
        for number in count(1):
            asked.append(number)
            yield b"%d,,,\n" % number

    rows = islice(read_csv(lines(), deals(), as_of=AS_OF), 1000)
    assert [(row.event.data["id"], asked[-1]) for row in rows] == [(str(n), n) for n in range(1, 1001)]


MAVEN = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
AB12CD34,Ines Alba,GTX Basic,Quinn Cold Storage,Won,2026-01-20,2026-03-01,1054
EF56GH78,Kim Ho,GTXPro,,Engaging,2026-02-25,,
IJ90KL12,Kim Ho,MG Special,,Prospecting,,,
MN34OP56,Ines Alba,MG Special,Buyer & Sons,Lost,2026-01-25,2026-03-07,0
"""


def test_the_example_of_deals():
    """The example map turns a pipeline export into deals in the agreement's default stages."""
    import_map = parse_map((EXAMPLES / "maven-import.toml").read_text("utf-8"), "maven-import.toml")
    assert data_of(MAVEN, import_map) == [
        {
            "id": "AB12CD34",
            "name": "Quinn Cold Storage GTX Basic",
            "owner_email": "ines alba@maven.example",
            "stage": "won",
            "amount": "1054",
            "currency": "USD",
            "created_at": "2026-01-20",
            "closed_at": "2026-03-01",
        },
        {
            "id": "EF56GH78",
            "name": "GTXPro",
            "owner_email": "kim ho@maven.example",
            "stage": "engaging",
            "currency": "USD",
            "created_at": "2026-02-25",
        },
        {
            "id": "IJ90KL12",
            "name": "MG Special",
            "owner_email": "kim ho@maven.example",
            "stage": "prospecting",
            "currency": "USD",
        },
        {
            "id": "MN34OP56",
            "name": "Buyer & Sons MG Special",
            "owner_email": "ines alba@maven.example",
            "stage": "lost",
            "amount": "0",
            "currency": "USD",
            "created_at": "2026-01-25",
            "closed_at": "2026-03-07",
        },
    ]


def test_the_example_of_people():
    """The example map of people names them by the same addresses as the deals do."""
    import_map = parse_map(
        (EXAMPLES / "maven-people-import.toml").read_text("utf-8"), "maven-people-import.toml"
    )
    assert data_of("sales_agent,manager,regional_office\nInes Alba,Otto Brandt,East\n", import_map) == [
        {
            "email": "ines alba@maven.example",
            "name": "Ines Alba",
            "manager_email": "otto brandt@maven.example",
            "team": "East",
            "role": "sales",
        }
    ]


cells = st.text(st.characters(codec="utf-8", exclude_characters='\0\r\n",;'), max_size=8).map(str.strip)
table = st.lists(st.tuples(st.integers(1, 9).map(str), cells, cells), min_size=1, max_size=12)


@given(table, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_events(rows, random):
    """The same rows in another order, or twice, are the same set of events with the same ids."""
    import_map = deals(columns='id = "id"\nname = "name"\nlost_reason = "why"')

    def events(order):
        text = "id,name,why\n" + "".join(",".join(row) + "\n" for row in order)
        return {(row.event.id, str(row.event)) for row in read(text, import_map)}

    shuffled = random.sample(rows + rows[:3], k=len(rows + rows[:3]))
    assert events(shuffled) == events(rows)


@given(st.binary(max_size=120) | st.text('id,;\t"\n1.2-x ', max_size=60).map(str.encode), st.booleans())
def test_arbitrary_files(body, known_header):
    """Whatever a file holds, each row is an event or a problem, or the header is refused."""
    body = HEADER.encode() + body if known_header else body
    try:
        rows = read(body)
    except FormatError:
        rows = []
    assert [(row.event is None) != (row.problem is None) for row in rows] == [True] * len(rows)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))


def test_a_long_line_through_bounded_lines(tmp_path):
    """A line of many megabytes is one faulty row; the next line is the next row."""
    path = tmp_path / "deals.csv"
    path.write_bytes(HEADER.encode() + b"1," + b"5" * (3 * MAX_LINE) + b",,\n2,,,\n")
    with path.open("rb") as stream:
        rows = list(read_csv(bounded_lines(stream), deals(), as_of=AS_OF))
    assert [row.problem for row in rows] == ["row 1: is longer than 1048576 bytes (line 2)", None]
