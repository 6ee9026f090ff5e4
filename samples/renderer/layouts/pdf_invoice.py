"""The sample that is no CV: a joiner's invoice, with the names, numbers and dates that tempt a CV reader."""

from __future__ import annotations

from dataclasses import dataclass

from samples.renderer.layouts.pdf_canvas import GREY, Canvas, Look

LOOK = Look(family="Helvetica", accent=(140, 84, 24), body=10.0, margin=22.0)
COLUMNS = (96.0, 18.0, 26.0, 26.0)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill. Prices are in pence, so that the sums are exact."""

    number: str
    date: str
    due: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    subject: str
    items: tuple[tuple[str, int, int], ...]
    vat_percent: int
    payment: tuple[str, ...]


INVOICE = Invoice(
    number="2026-0417",
    date="28 October 2026",
    due="27 November 2026",
    sender=(
        "Thornbury Lane Joinery",
        "Unit 4, Old Tannery Works, Sheffield S99 1WW",
        "Telephone 0114 496 0190, accounts@thornburylane.example.com",
    ),
    recipient=("Ms Helena Marsh", "31 Saffron Rise", "Sheffield S99 6KD"),
    subject="Staircase and library shelves, September to October 2026",
    items=(
        ("Site survey and drawings", 1, 24000),
        ("Oak staircase, 13 treads, made to measure", 1, 386000),
        ("Handrail, turned spindles", 26, 1850),
        ("Library shelves, running metre", 9, 14500),
        ("Fitting on site, two joiners, day", 4, 52000),
        ("Disposal of old staircase", 1, 9500),
    ),
    vat_percent=20,
    payment=(
        "Please pay within 30 days, quoting the invoice number.",
        "Account name: Thornbury Lane Joinery. Sort code 00-00-00, account number 00000000.",
        "VAT registration GB 000 0000 00. Questions? Ask Colin Thwaite on 0114 496 0191.",
    ),
)


def render(invoice: Invoice) -> bytes:
    """The invoice as a PDF."""
    sheet = Canvas(LOOK, title=f"Invoice {invoice.number}", author=invoice.sender[0], language="en")
    sheet.paragraph(invoice.sender[0], 17, "B", LOOK.accent)
    for line in invoice.sender[1:]:
        sheet.paragraph(line, 9, "", GREY)
    sheet.ln(14)
    for line in invoice.recipient:
        sheet.paragraph(line)
    sheet.ln(12)
    sheet.both_ends(f"Invoice {invoice.number}", f"Date: {invoice.date}", 13)
    sheet.both_ends(invoice.subject, f"Due: {invoice.due}", 0, "")
    sheet.ln(6)
    _table(sheet, invoice)
    sheet.ln(12)
    for line in invoice.payment:
        sheet.paragraph(line)
        sheet.ln(1)
    return sheet.finished()


def _table(sheet: Canvas, invoice: Invoice) -> None:
    _row(sheet, ("Description", "Quantity", "Price", "Amount"), is_bold=True)
    sheet.rule()
    for description, quantity, price in invoice.items:
        _row(sheet, (description, str(quantity), _pounds(price), _pounds(quantity * price)))
    sheet.rule()
    net = sum(quantity * price for _, quantity, price in invoice.items)
    vat = net * invoice.vat_percent // 100
    _row(sheet, ("Net total", "", "", _pounds(net)))
    _row(sheet, (f"VAT {invoice.vat_percent} %", "", "", _pounds(vat)))
    _row(sheet, ("Total to pay", "", "", _pounds(net + vat)), is_bold=True)


def _row(sheet: Canvas, cells: tuple[str, str, str, str], *, is_bold: bool = False) -> None:
    height = sheet.type(0, "B" if is_bold else "") + 2.6
    for position, (width, text) in enumerate(zip(COLUMNS, cells, strict=True)):
        sheet.cell(width, height, text, align="R" if position else "L")
    sheet.ln(height)


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02}"
