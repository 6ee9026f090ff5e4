"""One document reader, ours or a peer's, as a child process that is asked over stdin and answers over stdout.

Run as ``python -m benchmarks.support.document_tools NAME`` by the interpreter that has the reader. Every
reading happens in a fork with a time and a memory limit, so that a bomb ends the fork and not the child.
Peers are set as their documentation advises for the most text and links, without OCR.
"""

from __future__ import annotations

import contextlib
import html
import json
import os
import re
import resource
import select
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from io import BytesIO
from pathlib import Path
from typing import Any

Reading = tuple[str, list[str]]  # text, and the link targets that do not stand in it
PDF, DOCX = "pdf", "docx"
_DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LOWER_MODULES = frozenset({"builtins", "zipfile", "zlib", "struct", "xml.etree.ElementTree", "lxml.etree"})


@dataclass(frozen=True, slots=True)
class Tool:
    """A reader: what it takes, what it imports, and which installed packages it needs."""

    formats: tuple[str, ...]
    module: str
    packages: tuple[str, ...]
    read: Callable[[bytes, str], Reading]


def _ours(content: bytes, name: str) -> Reading:
    document = import_module("shared_code.documents").read_document(content, filename=name)
    return document.text, [link.target for link in document.links]


def _pypdfium2(content: bytes, _: str) -> Reading:
    pages = []
    with import_module("pypdfium2").PdfDocument(content) as document:
        for page in document:
            textpage = page.get_textpage()
            pages.append(textpage.get_text_range())
            textpage.close()
            page.close()
    return "\n".join(pages), []


def _pypdf(content: bytes, _: str) -> Reading:
    document = import_module("pypdf").PdfReader(BytesIO(content))
    links = []
    for page in document.pages:
        for annotation in page.get("/Annots") or []:
            action = annotation.get_object().get("/A")
            if action is not None and "/URI" in action.get_object():
                links.append(str(action.get_object()["/URI"]))
    return "\n".join(page.extract_text() for page in document.pages), links


def _pdfminer(content: bytes, _: str) -> Reading:
    return import_module("pdfminer.high_level").extract_text(BytesIO(content)), []


def _pdfplumber(content: bytes, _: str) -> Reading:
    with import_module("pdfplumber").open(BytesIO(content)) as document:
        links = [str(link["uri"]) for page in document.pages for link in page.hyperlinks if link.get("uri")]
        return "\n".join(page.extract_text() or "" for page in document.pages), links


def _markitdown(content: bytes, name: str) -> Reading:
    module = import_module("markitdown")
    extension = Path(name).suffix
    converter = _once("markitdown", module.MarkItDown)
    result = converter.convert_stream(BytesIO(content), stream_info=module.StreamInfo(extension=extension))
    return result.text_content, re.findall(r"\]\(([^()\s]+)\)", result.text_content)


def _kreuzberg(content: bytes, name: str) -> Reading:
    module = import_module("kreuzberg")
    settings = module.ExtractionConfig(
        use_cache=False,
        disable_ocr=True,
        pdf_options=module.PdfConfig(extract_annotations=True),
        content_filter=module.ContentFilterConfig(
            include_headers=True, include_footers=True, strip_repeating_text=False
        ),
    )
    media_type = "application/pdf" if name.endswith(".pdf") else _DOCX_TYPE
    if not name.endswith((".pdf", ".docx")):
        media_type = module.detect_mime_type(content)
    result = module.extract_bytes_sync(content, media_type, config=settings)
    return result.content, [str(uri["url"]) for uri in result.uris or []]


def _docx2python(content: bytes, _: str) -> Reading:
    with import_module("docx2python").docx2python(BytesIO(content)) as document:
        text = str(document.text)
    links = [html.unescape(target) for target in re.findall(r'<a href="([^"]*)"', text)]
    return html.unescape(re.sub(r"</?a\b[^>]*>|----[a-z]+/[^-]*----", "", text)), links


def _python_docx(content: bytes, _: str) -> Reading:
    """A walk through paragraphs and tables in their order, headers and footers included."""
    document = import_module("docx").Document(BytesIO(content))
    lines: list[str] = []
    links: list[str] = []

    def walk(container: Any) -> None:
        for block in container.iter_inner_content():
            if hasattr(block, "rows"):
                for row in block.rows:
                    for cell in dict.fromkeys(row.cells):
                        walk(cell)
            else:
                lines.append(block.text)
                links.extend(link.url for link in block.hyperlinks if link.url)

    for section in document.sections:
        walk(section.header)
    walk(document)
    for section in document.sections:
        walk(section.footer)
    return "\n".join(lines), links


def _mammoth(content: bytes, _: str) -> Reading:
    page = str(import_module("mammoth").convert_to_html(BytesIO(content)).value)
    links = [html.unescape(target) for target in re.findall(r'<a href="([^"]*)"', page)]
    lines = re.sub(r"</(?:p|h\d|li|td|th|tr)>|<br ?/?>", "\n", page)
    return html.unescape(re.sub(r"<[^>]*>", "", lines)), links


TOOLS = {
    "ours": Tool((PDF, DOCX), "shared_code.documents", ("pypdfium2", "charset-normalizer"), _ours),
    "pypdfium2": Tool((PDF,), "pypdfium2", ("pypdfium2",), _pypdfium2),
    "pypdf": Tool((PDF,), "pypdf", ("pypdf",), _pypdf),
    "pdfminer.six": Tool((PDF,), "pdfminer.high_level", ("pdfminer.six",), _pdfminer),
    "pdfplumber": Tool((PDF,), "pdfplumber", ("pdfplumber",), _pdfplumber),
    "markitdown": Tool((PDF, DOCX), "markitdown", ("markitdown[docx,pdf]",), _markitdown),
    "kreuzberg": Tool((PDF, DOCX), "kreuzberg", ("kreuzberg",), _kreuzberg),
    "docx2python": Tool((DOCX,), "docx2python", ("docx2python",), _docx2python),
    "python-docx": Tool((DOCX,), "docx", ("python-docx",), _python_docx),
    "mammoth": Tool((DOCX,), "mammoth", ("mammoth",), _mammoth),
}
_MADE: dict[str, Any] = {}


def _once(name: str, make: Callable[[], Any]) -> Any:
    if name not in _MADE:
        _MADE[name] = make()
    return _MADE[name]


def _is_planned(error: BaseException) -> bool:
    """Whether a library raised an error of its own, and not one that fell through it."""
    return type(error).__module__ not in _LOWER_MODULES and not isinstance(error, zipfile.BadZipFile)


def _answer(tool: Tool, path: Path) -> dict[str, object]:
    """What the fork says of one file."""
    content = path.read_bytes()
    started = time.perf_counter()
    try:
        text, links = tool.read(content, path.name)
        answer: dict[str, object] = {"outcome": "text" if text.strip() else "nothing"}
        answer |= {"text": text.encode("utf-8", "replace").decode(), "links": links}
    except MemoryError:
        answer = {"outcome": "memory"}
    except BaseException as error:  # noqa: BLE001 - Rust panics are no Exception
        planned = _is_planned(error)
        answer = {"outcome": "refused" if planned else "fell", "error": type(error).__qualname__}
    return {**answer, "ms": (time.perf_counter() - started) * 1000}


def read_in_fork(tool: Tool, path: Path, *, seconds: float, memory_mb: int) -> dict[str, object]:
    """The answer of a fork, or how it ended: ``hang``, ``memory`` or ``crash``; ``peak_mb`` in any case."""
    receiving, sending = os.pipe()
    started = time.perf_counter()
    fork = os.fork()
    if fork == 0:
        os.setsid()
        os.close(receiving)
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        with os.fdopen(sending, "wb") as pipe:
            pipe.write(json.dumps(_answer(tool, path)).encode())
        os._exit(0)
    os.close(sending)
    data, is_late = _all_of(receiving, started + seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(fork, signal.SIGKILL)
    _, status, usage = os.wait4(fork, 0)
    try:
        answer: dict[str, object] = json.loads(data)
    except ValueError:
        ended_by_allocation = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT
        answer = {"outcome": "hang" if is_late else "memory" if ended_by_allocation else "crash"}
        answer["ms"] = (time.perf_counter() - started) * 1000
    return {**answer, "peak_mb": usage.ru_maxrss / 1024}


def _all_of(descriptor: int, deadline: float) -> tuple[bytes, bool]:
    """Bytes up to the end of a pipe, and whether the deadline came first."""
    parts: list[bytes] = []
    with os.fdopen(descriptor, "rb", buffering=0) as pipe:
        while (left := deadline - time.perf_counter()) > 0:
            if select.select([pipe], [], [], left)[0]:
                part = pipe.read(1 << 20)
                if not part:
                    return b"".join(parts), False
                parts.append(part)
    return b"".join(parts), True


def _files_of(requirement_text: str, seen: set[str]) -> Iterator[Path]:
    """Files of a package and of all it needs here."""
    from packaging.requirements import Requirement

    requirement = Requirement(requirement_text)
    try:
        distribution = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        return
    extras = ["", *requirement.extras]
    for needed in distribution.requires or []:
        marker = Requirement(needed).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            key = needed.split(";")[0].strip()
            if key not in seen:
                seen.add(key)
                yield from _files_of(needed, seen)
    yield from (Path(str(file.locate())) for file in distribution.files or [])


def _installed_mb(tool: Tool) -> float:
    files = {file for package in tool.packages for file in _files_of(package, set())}
    if tool.module == "shared_code.documents":
        files |= set(Path("shared_code/documents").glob("*.py"))
    sizes = (file.stat().st_size for file in files if file.is_file() and file.suffix != ".pyc")
    return sum(sizes) / 1e6


def main(name: str) -> int:
    """Answer one line of JSON with another until stdin ends; a first line introduces the reader."""
    tool = TOOLS[name]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    started = time.perf_counter()
    try:
        import_module(tool.module)
    except Exception as error:  # noqa: BLE001 - told to the benchmark, which says so
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers, flush=True)
        return 1
    hello = {"import_s": time.perf_counter() - started, "installed_mb": _installed_mb(tool)}
    print(json.dumps(hello), file=answers, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        path = Path(question["path"])
        if question["ask"] == "read":
            answer = read_in_fork(tool, path, seconds=question["seconds"], memory_mb=question["memory_mb"])
        else:
            answer = _answer(tool, path)
        print(json.dumps(answer), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
