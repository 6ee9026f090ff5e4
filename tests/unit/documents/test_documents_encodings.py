"""CV-like sentences in the encodings of the world: by mark, by declaration, and by bytes alone."""

from __future__ import annotations

import pytest

from shared_code.documents import read_document
from shared_code.documents.encoding import decode

SENTENCES = {
    "de": (
        "Jürgen Beispiel, Köln\n"
        "Berufserfahrung: Geschäftsführer der Müßig GmbH, 2015–2021, Personalführung für "
        "zwölf Mitarbeiter"
    ),
    "fr": (
        "Élodie Exemple, Orléans\n"
        "Expérience : ingénieure qualité, chargée de la conformité, diplômée de l’école "
        "centrale, août 2012"
    ),
    "es": (
        "Lucía Ibáñez, Málaga\n"
        "Experiencia: enfermera en el área de cirugía, gestión de pacientes, año 2014, "
        "inglés básico"
    ),
    "sv": (
        "Åsa Öberg, Malmö\n"
        "Erfarenhet: sjuksköterska på akutmottagningen, ansvarig för två avdelningar, "
        "från år 2010"
    ),
    "pl": (
        "Łukasz Przykładowy, Wrocław\n"
        "Doświadczenie: główny księgowy, zarządzanie zespołem, wdrożenie systemu "
        "sprzedaży, znajomość języka"
    ),
    "cs": (
        "Jiří Příklad, Plzeň\n"
        "Zkušenosti: řidič nákladního vozidla, školení řidičů, údržba vozů, znalost "
        "němčiny, čistý rejstřík"
    ),
    "hu": (
        "Példa Erzsébet, Győr\n"
        "Tapasztalat: főkönyvelő, hűtőipari vállalat, költségvetés tervezése, felsőfokú "
        "végzettség, működés"
    ),
    "ro": (
        "Ion Pildescu, Timişoara\n"
        "Experienţă: inginer în construcţii, conducerea echipei, proiectare, cunoştinţe "
        "de limbă engleză"
    ),
    "hr": (
        "Željko Primjerić, Zagreb\n"
        "Iskustvo: računovođa, vođenje poslovnih knjiga, suradnja sa šest odjela, obračun "
        "plaća, čvrst"
    ),
    "tr": (
        "Ayşe Örnek, İstanbul\n"
        "Deneyim: yazılım mühendisi, müşteri görüşmeleri, proje yönetimi, çalışma şekli, "
        "öğrenci ağı"
    ),
    "ru": (
        "Иван Примеров, Санкт-Петербург\n"
        "Опыт работы: инженер-программист, разработка и тестирование, руководство группой"
    ),
    "uk": (
        "Олена Прикладенко, Київ\n"
        "Досвід роботи: бухгалтерка, ведення звітності, її обов’язки, фінансовий облік "
        "підприємства"
    ),
    "bg": (
        "Мария Примерова, София\n"
        "Опит: счетоводител, изготвяне на отчети, работа в екип, владеене на английски "
        "език, щатна"
    ),
    "el": (
        "Γιώργος Παράδειγμα, Αθήνα\n"
        "Εμπειρία: μηχανικός λογισμικού, ανάπτυξη εφαρμογών, διοίκηση ομάδας, άριστη "
        "γνώση αγγλικών"
    ),
    "he": "דוד לדוגמה, תל אביב\nניסיון תעסוקתי: מהנדס תוכנה בכיר, ניהול צוות פיתוח, תואר ראשון במדעי המחשב",
    "ar": (
        "محمد مثال، القاهرة\nالخبرة العملية: مهندس برمجيات أول، إدارة فريق التطوير، بكالوريوس في علوم الحاسب"
    ),
    "th": ("สมชาย ตัวอย่าง กรุงเทพ\nประสบการณ์: วิศวกรซอฟต์แวร์ พัฒนาระบบ ดูแลทีมงาน ปริญญาตรี วิทยาการคอมพิวเตอร์"),
    "lt": (
        "Jonas Pavyzdžiūnas, Šiauliai\n"
        "Patirtis: vyriausiasis inžinierius, įmonės plėtra, komandos valdymas, žinios, "
        "ūkio sąskaityba"
    ),
    "zh": (
        "姓名：张示例，上海\n"
        "工作经历：2016年至2021年任示例会计师事"
        "务所高级会计，负责财务报表与税务申报，精通英语"
    ),
    "tw": (
        "姓名：王示例，台北\n工作經歷：2016年至2021年擔任軟體工程師，負責系統開發與維護，熟悉資料庫與雲端服務"
    ),
    "ja": (
        "氏名：見本花子、東京都\n"
        "職務経歴：2016年から見本病院にて看護師として勤務"
        "し、新人の教育を担当しました。資格は普通自動車免許です"
    ),
    "ko": (
        "이름: 홍길동, 서울\n"
        "경력: 2016년부터 소프트웨어 엔지니어로 근무하"
        "며 서버 개발과 운영을 담당하였습니다. 영어 능통"
    ),
}
BY_BYTES = [
    *[(language, "cp1252") for language in ("de", "fr", "es", "sv")],
    *[(language, "iso8859_15") for language in ("es", "sv")],
    *[(language, codec) for language in ("pl", "cs", "hu", "hr") for codec in ("cp1250", "iso8859_2")],
    ("ro", "iso8859_2"), ("tr", "cp1254"), ("tr", "iso8859_9"),
    *[(language, codec) for language in ("ru", "bg") for codec in ("cp1251", "koi8_r")],
    ("ru", "cp866"), ("ru", "iso8859_5"), ("uk", "cp1251"), ("uk", "koi8_u"),
    ("el", "cp1253"), ("el", "iso8859_7"),
    ("he", "cp1255"), ("ar", "cp1256"), ("th", "tis_620"),
    ("lt", "cp1257"),
    ("zh", "gb18030"), ("tw", "big5"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("ja", "iso2022_jp"),
    ("ko", "euc_kr"), ("ko", "cp949"),
]  # fmt: skip


def unquoted(text: str, codec: str) -> str:
    """Text with the signs that an encoding lacks replaced as its writers do."""
    if codec.startswith(("iso8859", "cp866", "koi8")):
        text = text.replace("–", "-").replace("’", "'")
    return text


@pytest.mark.parametrize(("language", "codec"), BY_BYTES, ids=lambda value: value)
def test_undeclared_encoding_is_recognised(language: str, codec: str) -> None:
    """Two lines of a CV are enough to tell its encoding."""
    text = unquoted(SENTENCES[language], codec)
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("language", ["de", "ru", "ja", "ar"])
def test_unicode_is_recognised_in_all_its_forms(language: str, codec: str) -> None:
    """With a mark in every form, without one where zero bytes or strict rules tell."""
    text = SENTENCES[language]
    if codec in {"utf-16-le", "utf-16-be"} and language != "de":
        text = f"{SENTENCES['de']}\nCurriculum vitae, experience and education of the candidate\n" * 3 + text
    assert decode(text.encode(codec)) == text


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("pl", "iso8859_2"),
        ("ru", "koi8_r"),
        ("uk", "cp1251"),
        ("zh", "gb18030"),
        ("ja", "shift_jis"),
        ("ko", "euc_kr"),
    ],
)
def test_declared_encoding_is_believed(language: str, codec: str) -> None:
    """By the media type's parameter, however short the text."""
    text = unquoted(SENTENCES[language], codec)
    document = read_document(text.encode(codec), media_type=f"text/plain; charset={codec}")
    assert document.text == text
