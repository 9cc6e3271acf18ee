"""What axe is asked less often it still finds: each fault is planted in a page on which nothing else is wrong."""

import pytest

from .axe import TAGS, offences
from .looks import looks, show

pytestmark = pytest.mark.browser

ROW = "<tr><th scope='row'>Item {0}</th><td id='cell-{0}'>{0} cases</td></tr>"
PAGE = """<!doctype html><html lang="en"><head><title>Plan</title><style>
  html { color-scheme: light dark }
  body { background: #ffffff; color: #20242a; font: 13px sans-serif; margin: 0 }
  tr:hover { background: #eef1f4 }
  .panel { background: #2a2f36; color: #f0f0f0; width: 300px; height: 40px }
  #link { color: inherit }
  .seldom { position: absolute; left: -999px }
  @media (prefers-color-scheme: dark) { body { background: #101418; color: #e6eaee } tr:hover { background: #222 } }
</style></head><body><main><h1>Plan</h1>
<a class="seldom" href="#end">Skip this</a>
<table><caption>Items</caption><tbody>ROWS</tbody></table>
<div class="panel" id="panel"><span id="inside">In a panel</span></div>
<p>As the rule has it, <a id="link" href="#end">a link</a> is seen among words.</p>
<p id="end"><button id="off" disabled>Not now</button> <button id="on">Do it</button></p>
</main></body></html>"""
EVERYTHING = """async (tags) => {
  const { violations } = await axe.run({ runOnly: { type: "tag", values: tags }, elementRef: true });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ element }) => `${id}: ${element.outerHTML.slice(0, 120)}`));
}"""


@pytest.fixture(scope="module")
def paper(browser):
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def draw(page, rows):
    """A page without an offence, already looked at in every look: what is planted now is new in an old page."""
    page.goto("about:blank")
    page.set_content(PAGE.replace("ROWS", "".join(ROW.format(number) for number in range(rows))))
    assert [said for look in looks(page) for said in offences(page)] == []
    return page


@pytest.fixture
def clean(paper):
    return draw(paper, 9)


def plant(page, css):
    page.add_style_tag(content=css)


def found(page, width=1440, scheme="light"):
    """The rules that are broken, and the beginning of who breaks each."""
    show(page, width, scheme)
    return [said.split(" — ")[0] for said in offences(page)]


NARROW, DARK = "@media (max-width: 640px)", "@media (prefers-color-scheme: dark)"
GRAY = "color: #b4b8bc"
DIM = "color: #3c4046"


def test_a_text_that_cannot_be_read_is_found_among_three_hundred_that_can(paper):
    page = draw(paper, 300)
    plant(page, f"#cell-200 {{ {GRAY} }}")
    assert found(page) == ['color-contrast: <td id="cell-200">200 cases</td>']


def test_every_text_that_cannot_be_read_is_told(clean):
    plant(clean, f"td {{ {GRAY} }}")
    assert len(found(clean)) == 9


@pytest.mark.parametrize(
    ("where", "rule", "seen"),
    [
        (NARROW, GRAY, {"390 px, light"}),
        (DARK, DIM, {"1440 px, dark", "390 px, dark"}),
        (f"{DARK} and (max-width: 640px)", DIM, {"390 px, dark"}),
    ],
)
def test_a_text_that_cannot_be_read_in_some_looks_is_found_in_these(clean, where, rule, seen):
    plant(clean, f"{where} {{ #cell-7 {{ {rule} }} }}")
    told = {look: offences(clean) for look in looks(clean)}
    assert {look for look, said in told.items() if said} == seen
    assert all("cell-7" in line for said in told.values() for line in said)


@pytest.mark.parametrize(
    "css",
    [
        "#cell-7 { background: #6a7078 }",
        "tr:has(#cell-7) { background: #6a7078 }",
        "#cell-7 { opacity: 0.4 }",
        "tr:has(#cell-7) { opacity: 0.4 }",
        "#cell-7 { -webkit-text-fill-color: #b4b8bc }",
        "#inside { position: relative; left: 400px }",
        "#panel { background: #ffffff }",
        "#on { color: #8a9098; background: #ffffff } #off { color: #8a9098; background: #ffffff }",
    ],
)
def test_whatever_makes_a_text_unreadable_is_found(clean, css):
    plant(clean, css)
    told = found(clean)
    assert told
    assert all(line.startswith("color-contrast: ") for line in told)


def test_large_letters_may_be_paler_than_small_ones(clean):
    pale = "color: #8a8f94; font-weight: 400"
    plant(clean, f"#cell-6 {{ {pale}; font-size: 30px }}")
    assert found(clean) == []
    plant(clean, f"#cell-7 {{ {pale}; font-size: 13px }}")
    assert found(clean) == ['color-contrast: <td id="cell-7">7 cases</td>']


def test_what_hides_a_text_for_a_while_does_not_answer_for_those_that_are_seen(clean):
    """The first of its look is out of sight, or a button that is off: axe passes it, or does not ask."""
    plant(clean, f".seldom, #cell-7 {{ {GRAY}; text-decoration: none; font-weight: 400 }}")
    assert found(clean) == ['color-contrast: <td id="cell-7">7 cases</td>']


def test_a_row_that_cannot_be_read_under_the_mouse_is_found(clean):
    plant(clean, "tr:has(#cell-2):hover { background: #6a7078 }")
    assert found(clean) == []
    clean.hover("#cell-2")
    told = found(clean)
    assert [line.split(">")[0] for line in told] == [
        'color-contrast: <th scope="row"',
        'color-contrast: <td id="cell-2"',
    ]


def test_a_color_that_something_else_brings_along_is_found(clean):
    """It lies behind a text that stands in none of its elements."""
    clean.evaluate(
        """() => {
          const { left, top, width, height } = document.getElementById("cell-7").getBoundingClientRect();
          const behind = document.createElement("div");
          behind.style.cssText = `position: absolute; z-index: -1; background: #6a7078;
            left: ${left + scrollX}px; top: ${top + scrollY}px; width: ${width}px; height: ${height}px`;
          document.querySelector("main").append(behind);
        }"""
    )
    assert found(clean) == ['color-contrast: <td id="cell-7">7 cases</td>']


def test_a_text_before_a_picture_does_not_answer_for_one_that_is_not(clean):
    plant(clean, f"#cell-6 {{ {GRAY}; background: linear-gradient(#ffffff, #ffffff) }} #cell-7 {{ {GRAY} }}")
    assert found(clean) == ['color-contrast: <td id="cell-7">7 cases</td>']


def test_where_axe_itself_breaks_at_an_element_the_others_are_judged(clean):
    """It does at some cells of the grid that are scrolled out of sight, and then says nothing of the whole page."""
    clean.evaluate(
        """() => {
          const rule = axe._audit.rules.find(({ id }) => id === "color-contrast"), { matches } = rule;
          rule.matches = (element, ...more) => {
            if (element.id === "cell-0") throw new Error("out of bounds");
            return matches(element, ...more);
          };
        }"""
    )
    plant(clean, f"td {{ {GRAY} }}")
    assert len(found(clean)) == 8


def test_a_control_without_a_name_is_found_in_the_last_row(clean):
    clean.evaluate("document.getElementById('cell-8').innerHTML = '<input>'")
    assert found(clean) == ["label: <input>"]
    assert found(clean, scheme="dark") == ["label: <input>"]


@pytest.mark.parametrize(
    ("where", "seen"),
    [(NARROW, {"390 px, light", "390 px, dark"}), (DARK, {"1440 px, dark", "390 px, dark"})],
)
def test_a_control_whose_name_is_hidden_in_some_looks_is_found_in_these(clean, where, seen):
    clean.evaluate("document.getElementById('end').innerHTML = '<button><span>Do it</span></button>'")
    plant(clean, f"{where} {{ #end span {{ display: none }} }}")
    told = {look: offences(clean) for look in looks(clean)}
    assert {look for look, said in told.items() if said} == seen
    assert all(line.startswith("button-name: ") for said in told.values() for line in said)


def test_a_link_that_is_not_seen_among_words_is_found_where_only_colors_differ(clean):
    plant(clean, f"{DARK} {{ #link {{ text-decoration: none; color: #c6cad0 }} }}")
    assert found(clean) == []
    assert [line.split(":")[0] for line in found(clean, scheme="dark")] == ["link-in-text-block"]


def test_a_page_of_the_application_in_wrong_colors_is_told_as_axe_itself_tells_it(planner):
    """Every offence of a whole sheet, and none that axe does not see; in colors that were right a moment ago."""
    assert offences(planner) == []
    planner.evaluate("document.documentElement.style.setProperty('--ink3', '#a0a0a0')")
    told = [said.split(" — ")[0] for said in offences(planner)]
    assert len(told) > 10
    assert sorted(told) == sorted(planner.evaluate(EVERYTHING, TAGS))
