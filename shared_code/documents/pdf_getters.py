"""PDFium's getters for page objects, on plain addresses."""

from __future__ import annotations

from ctypes import PYFUNCTYPE, c_int, c_size_t, c_void_p, cast
from typing import Any

from pypdfium2 import raw


def _lean(function: Any, result: Any, *arguments: Any) -> Any:
    """The same function on plain addresses: half the time of a call, and a page has thousands.

    It keeps the interpreter's lock, which is cheaper than giving it back for a getter.
    """
    return PYFUNCTYPE(result, *arguments)(cast(function, c_void_p).value or 0)


_P = c_void_p
count_objects = _lean(raw.FPDFPage_CountObjects, c_int, _P)
object_at = _lean(raw.FPDFPage_GetObject, _P, _P, c_int)
type_of = _lean(raw.FPDFPageObj_GetType, c_int, _P)
render_mode = _lean(raw.FPDFTextObj_GetTextRenderMode, c_int, _P)
has_transparency = _lean(raw.FPDFPageObj_HasTransparency, c_int, _P)
fill_colour = _lean(raw.FPDFPageObj_GetFillColor, c_int, _P, _P, _P, _P, _P)
clip_path = _lean(raw.FPDFPageObj_GetClipPath, _P, _P)
count_clips = _lean(raw.FPDFClipPath_CountPaths, c_int, _P)
count_clip_segments = _lean(raw.FPDFClipPath_CountPathSegments, c_int, _P, c_int)
clip_segment = _lean(raw.FPDFClipPath_GetPathSegment, _P, _P, c_int, c_int)
segment_point = _lean(raw.FPDFPathSegment_GetPoint, c_int, _P, _P, _P)
segment_type = _lean(raw.FPDFPathSegment_GetType, c_int, _P)
bounds = _lean(raw.FPDFPageObj_GetBounds, c_int, _P, _P, _P, _P, _P)
matrix = _lean(raw.FPDFPageObj_GetMatrix, c_int, _P, _P)
font = _lean(raw.FPDFTextObj_GetFont, _P, _P)
font_data = _lean(raw.FPDFFont_GetFontData, c_int, _P, _P, c_size_t, _P)
font_size = _lean(raw.FPDFTextObj_GetFontSize, c_int, _P, _P)
object_text = _lean(raw.FPDFTextObj_GetText, c_size_t, _P, _P, _P, c_size_t)
draw_mode = _lean(raw.FPDFPath_GetDrawMode, c_int, _P, _P, _P)
stroke_width = _lean(raw.FPDFPageObj_GetStrokeWidth, c_int, _P, _P)
count_segments = _lean(raw.FPDFPath_CountSegments, c_int, _P)
path_segment = _lean(raw.FPDFPath_GetPathSegment, _P, _P, c_int)
count_parts = _lean(raw.FPDFFormObj_CountObjects, c_int, _P)
part_at = _lean(raw.FPDFFormObj_GetObject, _P, _P, c_int)
