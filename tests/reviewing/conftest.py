"""The browser that tests of the review page share."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.reviewing.serving import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
