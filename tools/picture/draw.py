"""Draws ``docs/pictures/*.mmd`` with Mermaid in Chromium, once for light pages and once for dark ones: ``make picture``.

The drawings are committed: package indexes draw no Mermaid, and a page that draws by itself loads three megabytes.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PICTURES = CHECKOUT / "docs" / "pictures"
MERMAID = Path(__file__).parent / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
THEMES = {"light": "neutral", "dark": "dark"}

PAGE = """<!doctype html><meta charset="utf-8"><script src="{script}"></script><pre id="source">{source}</pre><script>
mermaid.initialize({{startOnLoad: false, theme: "{theme}", htmlLabels: false, fontFamily: "{font}",
  flowchart: {{htmlLabels: false, useMaxWidth: false}}}});
mermaid.render("picture", document.getElementById("source").textContent).then(({{svg}}) => {{
  document.documentElement.innerHTML = "<body>" + svg + "</body>";
}});
</script>"""


def digest(source: str) -> str:
    """What a drawing says of the text that it was made from."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def draw(source: str, theme: str) -> str:
    """The drawing of a Mermaid text as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        escaped = source.replace("&", "&amp;").replace("<", "&lt;")
        page.write_text(PAGE.format(script=MERMAID.as_uri(), source=escaped, theme=theme, font=FONT), encoding="utf-8")
        browser = shutil.which("chromium") or "chromium-browser"
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        command += ["--virtual-time-budget=10000", "--dump-dom", page.as_uri()]
        dom = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    svg = dom[dom.index("<svg") : dom.rindex("</svg>") + len("</svg>")].replace("<br>", "<br/>")
    svg = re.sub(r"(\d\.\d)\d+", r"\1", svg)
    return svg.replace("<svg", f'<svg data-source="{digest(source)}"', 1) + "\n"


def main() -> None:
    """Draw every text again."""
    for text in sorted(PICTURES.glob("*.mmd")):
        for name, theme in THEMES.items():
            text.with_name(f"{text.stem}-{name}.svg").write_text(
                draw(text.read_text(encoding="utf-8"), theme), encoding="utf-8"
            )


if __name__ == "__main__":
    main()
