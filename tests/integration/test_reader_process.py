"""Files read in processes of their own: the same text as without, and bounds that hold in any case."""

from __future__ import annotations

import ast
import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from shared_code.documents import DEFAULT_LIMITS, DocumentLimits, read_document
from shared_code.documents.reader_child import Bounds
from shared_code.documents.reader_link import ReaderProcess
from shared_code.documents.reader_protocol import Outcome, decode_answer, encode_request
from shared_code.errors import (
    DocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EngineError,
)
from tests.integration.reader_pools import (
    HASTY,
    HONEST,
    HOSTILE,
    PATIENT,
    are_gone,
    children_of,
    read,
    running_pool,
    told,
    until,
)
from tests.unit.documents.files import FILLER, docx, paragraph

MB = 1 << 20
NOBODY = 65534
ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path for path in (ROOT / "samples").iterdir() if path.suffix not in {".py", ""})
ATTACKS = ROOT.parent / "shared" / "cvs" / "attacks"


# What an honest file gets


async def test_every_sample_is_read_as_without_a_process() -> None:
    """Text, pages, links and findings: all of it, for every format."""
    async with running_pool() as pool:
        for path in SAMPLES:
            document = await read(pool, path.read_bytes(), path.name)
            assert document == read_document(path.read_bytes(), filename=path.name), path.name


async def test_what_is_declared_reaches_the_reader() -> None:
    """Media type, name and limits are arguments of the reading as much as the bytes are."""
    text = "Резюме: опытный инженер".encode("koi8-u")
    async with running_pool() as pool:
        declared = await pool.read(
            text, media_type="text/plain; charset=koi8-u", filename="cv.txt", limits=DEFAULT_LIMITS
        )
        assert declared.text == "Резюме: опытный инженер"
        with pytest.raises(DocumentTooLargeError):
            await pool.read(
                HONEST, media_type=None, filename=None, limits=DocumentLimits(max_text_characters=20)
            )


@pytest.mark.parametrize(
    ("content", "error"), [(b"", EmptyDocumentError), (HONEST, DocumentTooLargeError)], ids=["empty", "large"]
)
async def test_a_file_of_wrong_size_starts_no_process(content: bytes, error: type[DocumentError]) -> None:
    """It is refused unopened, so nothing has to be kept from it."""
    async with running_pool() as pool:
        with pytest.raises(error):
            await pool.read(content, media_type=None, filename=None, limits=DocumentLimits(max_bytes=9))
        assert pool.pids() == []


async def test_fifty_files_at_once_are_read_by_two_processes() -> None:
    """Each caller gets its own file's text."""
    files = [f"Robin Example the {number}th, site manager in Leeds".encode() for number in range(50)]
    async with running_pool(processes=2) as pool:
        documents = await asyncio.gather(*(read(pool, content) for content in files))
        assert [document.text.encode() for document in documents] == files
        assert len(pool.pids()) <= 2


async def test_a_hundred_files_leave_no_memory_behind() -> None:
    """The process that stays reads none of them itself."""

    def resident_kib(pid: int) -> int:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    async with running_pool() as pool:
        await read(pool, HONEST)
        [pid] = pool.pids()
        before = resident_kib(pid)
        for path in (SAMPLES * 8)[:100]:
            await read(pool, path.read_bytes(), path.name)
        assert pool.pids() == [pid]
        assert resident_kib(pid) - before < 2048


async def test_the_first_file_finds_a_process_that_was_warmed_up() -> None:
    """Warming up starts one process, once."""
    async with running_pool(processes=2) as pool:
        pool.warm_up()
        pool.warm_up()
        assert await until(pool.pids, 30)
        warm = pool.pids()
        await read(pool, HONEST)
        assert pool.pids() == warm


READ_ALL = """
import sys
from pathlib import Path
from shared_code.documents import read_document
from shared_code.documents.reader_warmth import warm_up
from shared_code.errors import DocumentError

warm_up()
loaded = set(sys.modules)
for path in map(Path, sys.argv[1:]):
    try:
        read_document(path.read_bytes(), filename=path.name)
    except DocumentError:
        pass
print(*sorted(set(sys.modules) - loaded))
"""


def test_no_file_needs_a_module_that_is_not_loaded_ahead(tmp_path: Path) -> None:
    """A fork could not load it: it opens no file."""
    page = "Content-Transfer-Encoding: base64\n\nPGh0bWw+PHA+Um9iaW48L3A+PC9odG1sPg=="
    archive = f"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n{page}\n--b--\n"
    with_archive = tmp_path / "web_archive.docx"
    with_archive.write_bytes(
        docx(
            paragraph(FILLER) + '<w:altChunk r:id="c1"/>',
            rels=(("c1", "aFChunk", "chunk.mht", False),),
            parts={"word/chunk.mht": archive},
        )
    )
    files = [
        with_archive,
        *SAMPLES,
        *ATTACKS.parent.glob("attacks/*.*"),
        *ATTACKS.parent.glob("robustness/*.*"),
    ]
    command = [sys.executable, "-c", READ_ALL, *map(str, files)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_whatever_a_reader_imports_late_is_loaded_ahead() -> None:
    """Also where no file at hand would make it do so."""
    late = {
        node.module
        for path in sorted((ROOT / "shared_code" / "documents").glob("*.py"))
        if not path.name.startswith(("ocr", "page_image", "reader_"))  # none of a fork's affairs
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert "pypdfium2" in late
    program = f"""
import sys
from shared_code.documents.reader_warmth import warm_up
warm_up()
print(*sorted({late!r} - set(sys.modules)))
"""
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


# What a hostile file gets


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("loop", "tooSlow"),
        ("sleep", "tooSlow"),
        ("allocate", "tooMuchMemory"),
        ("allocate natively", "tooMuchMemory"),
        ("segfault", "corrupt"),
        ("abort", "corrupt"),
        ("rubbish", "corrupt"),
        ("half an answer", "corrupt"),
        ("no JSON", "corrupt"),
        ("forge", "corrupt"),
        ("write for ever", "corrupt"),
        ("outlive its pipe", "corrupt"),
        ("exit", "corrupt"),
        ("exit with 1", "corrupt"),
        ("refuse", "noText"),
    ],
)
async def test_what_a_file_does_to_its_reader_is_its_own_misfortune(deed: str, code: str) -> None:
    """It is refused for good, and the next file is read at once, by the process that was there."""
    async with running_pool(HASTY, reader=HOSTILE) as pool:
        await read(pool, HONEST)
        warm = pool.pids()
        with pytest.raises(DocumentError) as caught:
            await read(pool, deed.encode())
        assert caught.value.code == code
        assert not caught.value.is_retryable
        assert "\n" not in caught.value.message
        assert (await read(pool, HONEST)).text.encode() == HONEST
        assert pool.pids() == warm


async def test_a_reader_that_fails_unforeseen_quotes_nothing() -> None:
    """A mistake in a reader is no verdict on the file, and its message may hold the file's words."""
    async with running_pool(reader=HOSTILE) as pool:
        with pytest.raises(EngineError, match="LookupError") as caught:
            await read(pool, b"fail")
        assert not isinstance(caught.value, DocumentError)
        assert "Robin" not in str(caught.value)


async def test_a_file_leaves_nothing_in_the_reader() -> None:
    """What it changes in its process ends with it: the next applicant meets a fresh one."""
    async with running_pool(reader=HOSTILE) as pool:
        assert "True" in (await read(pool, b"leave a trace")).text
        assert "False" in (await read(pool, b"tell trace")).text


async def test_a_reader_can_do_nothing_but_read() -> None:
    """No file, no socket, no process, and no way back to such rights."""
    async with running_pool(reader=HOSTILE) as pool:
        assert told(await read(pool, b"tell rights")) == []


async def test_a_reader_holds_two_pipes_and_nothing_else() -> None:
    """Where its question comes from and its answer goes to; none of its supervisor's or of earlier files'."""
    async with running_pool(reader=HOSTILE) as pool:
        for _ in range(3):
            assert told(await read(pool, b"tell descriptors")) == ["device"] * 3 + ["pipe"] * 2


async def test_a_reader_is_bounded_by_the_kernel() -> None:
    """Whatever it runs; a second after the bound's signal comes one that cannot be caught."""
    async with running_pool(Bounds(1.5, 160), reader=HOSTILE) as pool:
        memory = 160 * 1024 * 1024
        assert told(await read(pool, b"tell limits")) == {
            "AS": [memory, memory],
            "CORE": [0, 0],
            "CPU": [2, 3],
            "FSIZE": [0, 0],
            "NOFILE": [0, 0],
            "NPROC": [0, 0],
        }


async def test_a_reader_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the app is in its environment."""
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "not-for-readers")
    monkeypatch.setenv("AzureWebJobsStorage", "not-for-readers")
    async with running_pool(reader=HOSTILE) as pool:
        names = told(await read(pool, b"tell environment"))
        assert isinstance(names, list)
        assert {name for name in names if not name.startswith("MALLOC_")} <= {
            "LD_LIBRARY_PATH",
            "PYTHONHOME",
            "PYTHONPATH",
            "LC_CTYPE",
        }
        [pid] = pool.pids()
        assert b"not-for-readers" not in Path(f"/proc/{pid}/environ").read_bytes()


async def test_an_answer_does_not_wait_for_its_fork_to_end() -> None:
    """Clearing a fork away takes a millisecond or two, which the next file may wait for, but not this one."""
    process = ReaderProcess(PATIENT)
    try:
        [fork] = children_of(process.pid)
        reply = process.ask(*encode_request(HONEST, None, None, DEFAULT_LIMITS))
        assert reply.outcome is Outcome.ANSWERED
        assert not await until(lambda: are_gone([fork]), 0.1)
        ending = process.settle()
        assert ending is not None
        assert ending.peak_bytes > 10 * MB
        assert process.settle() is None
        assert await until(lambda: children_of(process.pid) not in ([], [fork]))
    finally:
        process.end()


async def test_the_next_fork_is_made_before_there_is_a_file_for_it() -> None:
    """What the next file would wait for is done while nobody waits."""
    async with running_pool() as pool:
        pool.warm_up()
        assert await until(pool.pids, 30)
        [pid] = pool.pids()
        [fork] = children_of(pid)
        await read(pool, HONEST)
        assert await until(lambda: children_of(pid) not in ([], [fork]))


async def test_calling_off_what_is_read_already_harms_no_later_file() -> None:
    """A cancelled read may be late: its file's fork is gone, and the next one is somebody else's."""
    process = ReaderProcess(PATIENT)
    try:
        for _ in range(3):
            process.leave()
            reply = process.ask(*encode_request(HONEST, None, None, DEFAULT_LIMITS))
            process.leave()
            assert decode_answer(reply.answer, DEFAULT_LIMITS).text.encode() == HONEST
    finally:
        process.end()
