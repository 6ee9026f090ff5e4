"""Documents that are no CVs, of the kinds that reach an inbox by mistake; people and firms are fictional."""

from __future__ import annotations

INVOICE_DE = """Tischlerei Moorbach GmbH
Hafenweg 3, 20457 Hamburg
Tel. +49 40 66969 012, buero@moorbach.example.org

Rechnung Nr. 2026-311
Rechnungsdatum: 04.11.2026    Kundennummer: 8841

Pos.  Menge  Bezeichnung           Einzelpreis   Gesamt
1     4      Innentüren, Eiche     612,00        2.448,00
2     1      Montage, Tagessatz    540,00          540,00
Nettobetrag 2.988,00
19 % MwSt. 567,72
Gesamtbetrag 3.555,72
Zahlbar innerhalb von 14 Tagen ohne Abzug. IBAN DE02 1203 0000 0000 2020 51
"""
INVOICE_ES = """FACTURA
Número de factura: F-2026/088
Fecha: 12/10/2026   Vencimiento: 11/11/2026
Talleres Riomar S.L., pagos@riomar.example.com
Concepto            Importe
Revisión completa   180,00 €
Neumáticos          320,00 €
Base imponible      500,00 €
IVA 21 %            105,00 €
Total a pagar       605,00 €
"""
LETTER_EN = """Westbourne Housing Association
12 Mill Lane, Leeds
4 November 2026

Dear Ms Hartley,

Thank you for your letter of 21 October about the lift in Alder Court. I am sorry that it has been out of
order for more than two weeks. The part that broke had to be ordered from abroad, and it arrived on Monday.

An engineer will fit it on Thursday morning. Until then our caretaker is glad to carry shopping upstairs.
Please do not hesitate to ring us on +44 113 496 0120.

Yours sincerely
Martin Dale
Tenant services
"""
LETTER_DE = """Sehr geehrte Frau Lindner,

vielen Dank für Ihre Anfrage vom 3. November. Leider ist das gewünschte Gerät erst ab Januar wieder
lieferbar. Gern merken wir Sie vor und melden uns, sobald die Ware im Lager ist. Bei Fragen erreichen Sie uns
unter service@geraetehaus.example.org.

Mit freundlichen Grüßen
Peter Ahlers
Kundendienst
"""
COVER_LETTER_EN = """Robin Example
robin@example.com | +44 7700 900123

Dear Hiring Manager,

I am writing to apply for the post of Site Manager that you advertised in October. Since 2019 I have led teams
of up to fourteen people at a builder of timber houses, and finished nine of ten sites before their date.

What draws me to your firm is the school in Otley: building while lessons go on asks for planning that I have
practised for years. I hold a degree in civil engineering and am used to AutoCAD and MS Project.

I look forward to hearing from you. My CV is enclosed.

Yours faithfully
Robin Example
"""
COVER_LETTER_DE = """Bewerbung als Pflegefachkraft

Sehr geehrte Damen und Herren,

hiermit bewerbe ich mich auf Ihre Anzeige vom 2. Oktober. Nach meiner Ausbildung habe ich fünf Jahre auf einer
kardiologischen Station gearbeitet und dort zuletzt Auszubildende angeleitet. Die Arbeit in einem kleinen
Team, wie Sie sie beschreiben, entspricht dem, was ich suche.

Über eine Einladung zu einem Gespräch freue ich mich. Meinen Lebenslauf finden Sie in der Anlage.

Mit freundlichen Grüßen
Jana Beispiel
jana.beispiel@example.org
"""
CONTRACT_EN = """CONTRACT OF EMPLOYMENT

This agreement is made on 1 March 2026 between Fernwood Builders Ltd (hereinafter "the Employer") and Robin
Example (hereinafter "the Employee").

1. Position. The Employee shall serve as Site Manager from 1 April 2026.
2. Hours. The Employee shall work 38 hours a week.
3. Salary. The Employer shall pay £48,000 a year in twelve parts.
4. Confidentiality. The Employee shall not disclose the affairs of the Employer, during this agreement or
   after its termination.
5. Termination. Either of the parties may terminate this agreement with three months' notice in writing.
6. Governing law. This agreement is subject to the law of England.
"""
CONTRACT_DE = """Mietvertrag

zwischen Frau Gerda Muster, nachfolgend Vermieter genannt, und Herrn Jonas Beispiel, nachfolgend Mieter.

§ 1 Vermietet wird die Wohnung im zweiten Stock des Hauses Lindenallee 8, Bremen.
§ 2 Das Mietverhältnis beginnt am 01.02.2026 und läuft auf unbestimmte Zeit. Die Kündigungsfrist beträgt drei
Monate.
§ 3 Die Miete beträgt monatlich 840 Euro und ist am dritten Werktag fällig.
§ 4 Die Haftung des Vermieters für leichte Fahrlässigkeit ist ausgeschlossen.
§ 5 Gerichtsstand ist Bremen.
"""
CONTRACT_ES = """CONTRATO DE ARRENDAMIENTO
En Valencia, a 3 de mayo de 2026, reunidos de una parte doña Marta Ejemplo, en adelante el arrendador, y de
otra don Luis Muestra, en adelante el arrendatario, las partes acuerdan:
Cláusula primera. El arrendador cede el uso de la vivienda de la calle Sol, 4.
Cláusula segunda. La renta será de 700 euros al mes.
Cláusula tercera. El contrato dura un año y se prorroga si ninguna de las partes avisa.
"""
RECIPE_EN = """Onion tart

Serves 6. Takes an hour and a half.

Ingredients
250 g flour, 125 g butter, 1 teaspoon salt
1 kg onions, thinly chopped
3 eggs, 200 ml cream, nutmeg

Rub the butter into the flour, add four tablespoons of water and rest the dough in the cold. Stew the onions
in a wide saucepan until soft, and stir often. Preheat the oven to 190 °C. Whisk eggs and cream, fold in the
onions, fill the tart and bake for 40 minutes.
"""
RECIPE_DE = """Apfelkuchen vom Blech
Zutaten für 20 Portionen: 500 g Mehl, 200 g Zucker, 250 g Butter, 4 Eier, 2 TL Backpulver, 1,5 kg Äpfel
Den Backofen auf 180 Grad vorheizen. Butter und Zucker schaumig rühren, Eier einzeln dazugeben, Mehl und
Backpulver unterheben. Den Teig aufs Blech streichen, mit Äpfeln belegen und 35 Minuten backen.
"""
ARTICLE_EN = """Why swifts return to the same roof

Every year in the first days of May the screaming begins over the old brewery. The birds that circle there
spent the winter south of the equator, and most of them never once sat down on the way.

Ringing has shown that a pair comes back to the very gap between two tiles where it raised its young the year
before. When a roof is mended and the gap closed, the birds hang at the wall for days. A box of larch wood,
hung under the eaves before they arrive, is taken in one case out of three.

The town now asks builders to leave an opening of three by seven centimetres. It costs next to nothing.
"""
ARTICLE_RESEARCH = """Abstract. We study how the order of pages influences the time that readers
need to find a date.
1 Introduction
Readers of long records skim. Earlier work from 2014 to 2018 looked at newspapers; we look at archives.
2 Method
Forty volunteers at two universities read twelve records each. Times were taken by hand.
3 Results
Dates at the top of a page were found in 2.1 s, others in 3.4 s.
4 Discussion
The effect is small but steady. Further work should look at scanned pages.
References
[1] A. Muster: Skimming. Journal of Reading, 2015.
"""
PYTHON_CODE = '''"""Counts the words of files."""

import sys
from collections import Counter
from pathlib import Path


def words_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


def main() -> None:
    counts: Counter[str] = Counter()
    for name in sys.argv[1:]:
        counts.update(words_of(Path(name)))
    for word, count in counts.most_common(20):
        print(f"{count:6} {word}")


if __name__ == "__main__":
    main()
'''
JAVASCRIPT_CODE = """// The basket of a shop.
import { round } from './money.js';

export class Basket {
  constructor(currency) {
    this.currency = currency;
    this.lines = [];
  }

  add(article, quantity = 1) {
    const line = this.lines.find((each) => each.article === article);
    if (line) {
      line.quantity += quantity;
    } else {
      this.lines.push({ article, quantity });
    }
    return this;
  }

  total() {
    return round(this.lines.reduce((sum, line) => sum + line.article.price * line.quantity, 0));
  }
}
"""
JOB_ADVERT_EN = """Site Manager (full time), Leeds

About us
Fernwood Builders puts up timber houses in the north of England. We are 60 people and growing.

Your responsibilities
- Plan and lead two sites at a time
- Train apprentices

Requirements
- Degree in civil engineering or several years of experience as a site manager
- Skills in AutoCAD and MS Project
- Full driving licence

What we offer
- Competitive salary, 45,000 to 52,000 per annum
- 28 days of holiday and a pension

How to apply: send your CV to jobs@fernwood.example.com. Closing date: 30 November 2026.
We are an equal opportunity employer.
"""
JOB_ADVERT_DE = """Wir suchen zum nächstmöglichen Zeitpunkt eine

Leitung Qualitätssicherung (m/w/d)

Ihre Aufgaben
- Führung eines Teams von zwölf Mitarbeitenden
- Vorbereitung von Audits

Ihr Profil
- Abgeschlossenes Studium der Chemie oder Pharmazie
- Mehrjährige Berufserfahrung in der Qualitätssicherung
- Sehr gute Englischkenntnisse

Wir bieten 30 Tage Urlaub und flexible Arbeitszeiten. Bewerben Sie sich unter jobs@nordpharma.example.org.
"""
JOB_ADVERT_ES = """Buscamos enfermera o enfermero para cuidados intensivos
Requisitos: grado en enfermería, dos años de experiencia en UCI, disponibilidad para turnos.
Ofrecemos: contrato indefinido, formación continua y 32.000 euros brutos al año.
Incorporación inmediata. Envía tu currículum a empleo@hospital.example.es
"""
MINUTES = """Minutes of the residents' meeting, 14 October 2026
Present: 18 households. Chair: Ms Dale.
1. Roof. Three offers were compared; the second was accepted by 15 votes.
2. Bicycles. The shed is full. Those without a label will be removed in November.
3. Budget. The reserve stands at 24,310.
The meeting closed at nine.
"""
SPEECH = """Good evening, and thank you all for coming. When my grandmother opened this shop she sold nails
by weight and knew every customer's name. Tonight we open the second one, and I am told that nails are still
sold by weight. Nothing else is the same. I would like to thank those who carried shelves until midnight.
"""

OTHER_DOCUMENTS = {
    "invoice, German": INVOICE_DE,
    "invoice, Spanish": INVOICE_ES,
    "letter, English": LETTER_EN,
    "letter, German": LETTER_DE,
    "cover letter, English": COVER_LETTER_EN,
    "cover letter, German": COVER_LETTER_DE,
    "contract, English": CONTRACT_EN,
    "contract, German": CONTRACT_DE,
    "contract, Spanish": CONTRACT_ES,
    "recipe, English": RECIPE_EN,
    "recipe, German": RECIPE_DE,
    "article": ARTICLE_EN,
    "article, research": ARTICLE_RESEARCH,
    "source code, Python": PYTHON_CODE,
    "source code, JavaScript": JAVASCRIPT_CODE,
    "job advert, English": JOB_ADVERT_EN,
    "job advert, German": JOB_ADVERT_DE,
    "job advert, Spanish": JOB_ADVERT_ES,
    "minutes": MINUTES,
    "speech": SPEECH,
}
