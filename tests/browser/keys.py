"""A person who has a keyboard and no mouse."""

MOST_TABS = 250
NO_MOUSE = "addEventListener('pointerdown', () => console.error('a mouse was pressed'), { capture: true })"


class Keys:
    """Reaches by Tab, follows by Enter; a page on which something is not reached fails.

    A press of a mouse is a complaint of the page, where pages keep complaints.
    """

    def __init__(self, page):
        self.page = page
        page.context.add_init_script(NO_MOUSE)

    def sign_in(self, name, password="demo"):
        """From the address of the site to the first page of somebody."""
        self.page.goto("/")
        self.write("#id_login", name)
        self.write("#id_password", password)
        self.follow("button:has-text('Sign in')")
        self.page.wait_for_selector("header .who")

    def reach(self, selector, key="Tab"):
        """Tab on until the element has the focus, and see that it shows it."""
        target = self.page.locator(selector).first
        target.wait_for()
        for _ in range(MOST_TABS):
            if target.evaluate("(e) => e === document.activeElement"):
                assert self.shows_focus(), f"{selector} has the focus and does not show it"
                return target
            self.page.keyboard.press(key)
        raise AssertionError(f"{selector} is not reached by {MOST_TABS} of {key}")

    def shows_focus(self):
        """Whether one sees where the focus is: an outline, or in the grid the frame of a cell."""
        return self.page.evaluate(
            """() => {
              const cell = document.querySelector(".gridbox.focused .rgCell.here");
              if (document.activeElement.matches(".cell-field")) return Boolean(cell);
              const style = getComputedStyle(document.activeElement);
              const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
              return isOutlined || style.boxShadow !== "none";
            }"""
        )

    def follow(self, selector, key="Tab"):
        """Reach a link or button and press Enter; the next page is there then."""
        self.reach(selector, key)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.page.wait_for_selector("h1")

    def push(self, selector, key="Tab"):
        """Reach a button that stays on the page and press Enter."""
        self.reach(selector, key)
        self.page.keyboard.press("Enter")

    def write(self, selector, text):
        """Reach a field and type over what stands in it."""
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, selector, text):
        """Reach a list and type the beginning of an entry."""
        self.reach(selector)
        self.page.keyboard.type(text)
