"""Private answers."""

import pytest

from bot.render import answers
from tests.render.judge import spoken


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (answers.nothing_found("northwing"), "Nothing found for “northwing”. Please check the spelling."),
        (answers.nothing_found(" "), "Nothing found."),
        (
            answers.unknown_words("all", "/pipeline [mine|team]"),
            "“all” is not something this command knows. Try: /pipeline [mine|team]",
        ),
        (answers.unknown_words("", "/x"), "This command needs a word more. Try: /x"),
        (answers.said("Which deal?"), "Which deal?"),
        (answers.said("\n"), "Done."),
    ],
)
def test_answer_is_one_kind_sentence(payload, sentence):
    """The answer repeats the asker's word and says what to try."""
    assert (payload.text, spoken(payload)) == (sentence, sentence)


def test_answer_shows_markup_as_typed():
    """What was typed comes back as typed: escaped in the text, untouched in the blocks."""
    payload = answers.nothing_found("<!channel> *R&D*")
    assert payload.text == "Nothing found for “&lt;!channel&gt; *R&amp;D*”. Please check the spelling."
    assert spoken(payload) == "Nothing found for “<!channel> *R&D*”. Please check the spelling."
