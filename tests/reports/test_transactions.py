import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.conftest import TRANSACTIONS_EN, quoted
from xl_returns.core.findings import Refusal
from xl_returns.reports import Event, read_report

LAYOUTS = {
    "DE": (
        ("Datum/Uhrzeit|Abrechnungsnummer|Typ|Bestellnummer|SKU|Beschreibung|Menge|Marketplace|"
        "Versand|Ort der Bestellung|Umsätze|Produktumsatzsteuer|Gutschrift für Versandkosten|"
        "Steuer auf Versandgutschrift|Gutschrift für Geschenkverpackung|"
        "Steuer auf Geschenkverpackungsgutschriften|Rabatte aus Werbeaktionen|"
        "Steuer auf Aktionsrabatte|Einbehaltene Steuer auf Marketplace|Verkaufsgebühren|Gesamt"),
        "05.10.2026 08:15:00 UTC", "Erstattung", "amazon.de", "Verkäufer",
    ),
    "FR": (
        ("date/heure|numéro de versement|type|numéro de la commande|sku|description|quantité|"
        "Marketplace|traitement|code postal de la commande|ventes de produits|"
        "Taxes sur la vente des produits|crédits d'expédition|taxe sur les crédits d’expédition|"
        "crédits sur l'emballage cadeau|Taxes sur les crédits cadeaux|Rabais promotionnels|"
        "Taxes sur les remises promotionnelles|Taxes retenues sur le site de vente|frais de vente|total"),
        "5 oct. 2026 08:15:00 UTC", "Remboursement", "amazon.fr", "Vendeur",
    ),
    "IT": (
        ("Data/Ora:|Numero pagamento|Tipo|Numero ordine|SKU|Descrizione|Quantità|Marketplace|"
        "Gestione|CAP dell'ordine|Vendite|imposta sulle vendite dei prodotti|"
        "Accrediti per le spedizioni|imposta accrediti per le spedizioni|"
        "Accrediti per confezioni regalo|imposta sui crediti confezione regalo|Sconti promozionali|"
        "imposta sugli sconti promozionali|trattenuta IVA del marketplace|Commissioni di vendita|totale"),
        "5 ott 2026 08:15:00 UTC", "Rimborso", "amazon.it", "Venditore",
    ),
    "ES": (
        ("fecha y hora|identificador de pago|tipo|número de pedido|sku|descripción|cantidad|"
        "web de Amazon|gestión logística|ciudad de procedencia del pedido|ventas de productos|"
        "impuesto de ventas de productos|abonos de envío|impuestos por abonos de envío|"
        "abonos de envoltorio para regalo|impuestos por abonos de envoltorio para regalo|"
        "devoluciones promocionales|impuestos de descuentos por promociones|"
        "impuesto retenido en el sitio web|tarifas de venta|total"),
        "5 oct 2026 08:15:00 UTC", "Reembolso", "amazon.es", "Vendedor",
    ),
    "JP": (
        ("日付/時間|決済番号|トランザクションの種類|注文番号|SKU|説明|数量|Amazon 出品サービス|"
        "フルフィルメント|郵便番号|商品売上|商品の売上税|配送料|配送料の税金|ギフト包装手数料|"
        "ギフト包装クレジットの税金|プロモーション割引額|プロモーション割引の税金|"
        "源泉徴収税を伴うマーケットプレイス|手数料|合計"),
        "2026/10/05 17:15:00JST", "返金", "amazon.co.jp", "出品者",
    ),
}  # fmt: skip
"""Layouts with a tax column for every amount: header, day, word for refund, shop, seller."""

SHORT = {
    "FR2": (
        ("date/heure|Identifiant du paiement|type|Numéro de la commande|SKU|description|Quantité|"
        "site de vente|expédition|ville de la commande|ventes de produits |crédits d’expédition |"
        "crédits d’emballage-cadeau|Total des réductions|taxe de ventes prélevée|"
        "Taxe Marketplace Facilitator|frais de vente |total"),
        "5 oct. 2026 08:15:00 UTC", "Remboursement", "amazon.com.be", "Vendeur", "EUR",
    ),
    "NL": (
        ("datum/tijd|schikkings-ID|type|bestelnummer|sku|beschrijving|aantal|marketplace|fulfillment|"
        "bestelling stad|verkoop van producten|Verzendtegoeden|kredietpunten cadeauverpakking|"
        "promotiekortingen|geïnde omzetbelasting|Belasting voor marketplace-facilitator|"
        "verkoopkosten|totaal"),
        "5 okt. 2026 08:15:00 UTC", "Terugbetaling", "amazon.nl", "Verkoper", "EUR",
    ),
    "SE": (
        ("datum/tid|reglerings-id|typ|beställnings-id|sku|beskrivning|antal|marknadsplats|leverans|"
        "stad för beställning|försäljning av produkter|fraktkrediter|"
        "krediter för presentinslagning|kampanjrabatter|Inkasserad moms|"
        "Skatt för marknadsplatsförmedlare|försäljningsavgifter|totalt"),
        "2026-10-05 08:15:00 UTC", "Återbetalning", "amazon.se", "Säljare", "SEK",
    ),
    "PL": (
        ("data/godzina|identyfikator rozliczenia|typ|identyfikator zamówienia|sku|opis|ilość|rynek|"
        "realizacja|miejscowość zamówienia|sprzedaż produktów|noty kredytowe za wysyłkę|"
        "środki na pokrycie pakowania na prezent|rabaty promocyjne|pobrany podatek od sprzedaży|"
        "podatek od transakcji marketplace facilitator|opłaty za sprzedaż|suma"),
        "5 paź 2026 08:15:00 UTC", "Zwrot kosztów", "amazon.pl", "Sprzedawca", "PLN",
    ),
}  # fmt: skip
"""Layouts with one tax column."""

PREAMBLE = [[f"Line {n}, with a comma; and more"] for n in range(18)]


def read(data, *args):
    return read_report(data, "t.csv", *args)


def one(data, *args):
    report = read(data, *args)
    (event,) = report.events
    return event, report.findings


def local(header, day, word, shop, seller, money, before=PREAMBLE):
    headers = header.split("|")
    row = [day, "26500000001", word, "302-2000001-3000001", "KETTLE-1", "Kessel, 1 l", "1", shop,
           seller, "x", *money, "0", "0"]  # fmt: skip
    order = [day, "26500000001", "Order", "302-1", "KETTLE-1", "x", "1", shop, seller, "x", "30,00"]
    return quoted(headers, [row, order], before)


def test_a_refund_row_is_what_the_buyer_got(transactions):
    event, findings = one(transactions({}))
    assert not findings
    assert event == Event(
        kind="Refund", day=dt.date(2026, 10, 5), order_id="115-2000001-3000001", sku="KETTLE-1",
        units=1, amount=Decimal("31.99"), tax=Decimal("2.56"), currency="USD", marketplace="US",
        channel="MFN", reference="26500000001", source="Transactions", detail="Refund",
        place="t.csv line 7",
    )  # fmt: skip


@pytest.mark.parametrize("language", sorted(LAYOUTS))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "local"])
def test_every_language_reads_the_same(language, encoding):
    header, day, word, shop, seller = LAYOUTS[language]
    money = ["-1.030,00", "-2,40", "-5,99", "-0,48", "0", "0", "4,00", "0,32", "2,56"]
    if language == "JP":
        money = ["-1,030", "-240", "-5", "-48", "0", "0", "4", "32", "256"]
    encoding = {"JP": "cp932"}.get(language, "cp1252") if encoding == "local" else encoding
    data = local(header, day, word, shop, seller, money).decode().encode(encoding)
    event, findings = one(data)
    assert not findings
    expected = (1031, 256) if language == "JP" else (Decimal("1031.99"), Decimal("2.56"))
    assert (event.amount, event.tax) == expected
    assert (event.day, event.units, event.channel) == (dt.date(2026, 10, 5), 1, "MFN")
    assert (event.marketplace, event.detail) == (language, word)
    assert event.currency == ("JPY" if language == "JP" else "EUR")
    assert (event.order_id, event.reference) == ("302-2000001-3000001", "26500000001")


@pytest.mark.parametrize("language", sorted(SHORT))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_layouts_with_one_tax_column_read_the_same(language, encoding):
    *row, currency = SHORT[language]
    money = ["−1\u00a0030,00", "-5,99", "0", "4,00", "-2,40", "2,40"]
    event, findings = one(local(*row, money).decode().encode(encoding))
    assert not findings
    assert (event.amount, event.tax) == (Decimal("1031.99"), Decimal("2.40"))
    assert (event.day, event.channel) == (dt.date(2026, 10, 5), "MFN")
    assert event.currency == currency


@pytest.mark.parametrize(
    ("day", "iso"),
    [
        ("1 Sep 2026 05:21:36 UTC", "2026-09-01"), ("12 août 2026 05:21 UTC", "2026-08-12"),
        ("3 févr. 2026 UTC", "2026-02-03"), ("1 mrt. 2026 05:21", "2026-03-01"),
        ("1 mei 2026 05:21", "2026-05-01"), ("1 maj 2026 05:21", "2026-05-01"),
        ("1 gen 2026 05:21", "2026-01-01"), ("9 ago. 2026 05:21", "2026-08-09"),
        ("4 września 2026 05:21", "2026-09-04"), ("4 de septiembre de 2026", "2026-09-04"),
        ("Sep 4, 2026 1:02:03 AM PST", "2026-09-04"), ("4\u00a0déc.\u00a02026 05:21", "2026-12-04"),
        ("4 März 2026 05:21", "2026-03-04"), ("01.09.2026 20:29:20 GMT+00:00", "2026-09-01"),
    ],
)  # fmt: skip
def test_days_are_read_in_every_language(transactions, day, iso):
    event, findings = one(transactions({"date/time": day}))
    assert event.day == dt.date.fromisoformat(iso)
    assert not findings


@pytest.mark.parametrize(
    "spelling",
    [
        {"fulfillment": "fulfilment", "shipping credits": "postage credits"},
        {"gift wrap credits": "giftwrap credits", "giftwrap credits tax": "gift wrap credits tax"},
        {"settlement id": "settlement ID:", "date/time": "\u00a0Date/Time\u00a0:"},
    ],
)
def test_the_british_and_other_spellings_are_known(transactions, spelling):
    data = transactions({}).decode()
    for old, new in spelling.items():
        data = data.replace(f'"{old}"', f'"{new}"', 1)
    event, findings = one(data.encode())
    assert (event.amount, event.tax) == (Decimal("31.99"), Decimal("2.56"))
    assert not findings


def test_fulfilled_by_amazon_is_told(transactions):
    assert one(transactions({"fulfillment": "Amazon"}))[0].channel == "FBA"
    event, findings = one(transactions({"fulfillment": "Robots"}))
    assert event.channel == ""
    assert "`Robots`" in findings[0].problem


def test_only_refunds_are_read(transactions):
    others = [
        {"type": t, "product sales": "30.00"} for t in ("Order", "Transfer", "Service Fee", "")
    ]
    report = read(transactions(*others))
    assert (report.kind, report.events, report.findings) == ("Transactions", (), ())


def test_an_unknown_word_that_takes_back_a_sale_is_noted(transactions):
    report = read(transactions({"type": "Zurück"}, {}))
    assert len(report.events) == 1
    assert "`Zurück`" in report.findings[0].problem


def test_a_header_without_product_sales_is_refused_by_name(transactions):
    headers = [h.replace("product sales", "Umsatz neu") for h in TRANSACTIONS_EN]
    with pytest.raises(Refusal) as refusal:
        read(transactions({}, headers=headers))
    finding = refusal.value.finding
    assert finding.place == "t.csv line 6"
    assert "datetime, settlementid" in finding.problem
    assert "English" in finding.remedy


def test_other_money_without_a_known_column_is_noted(transactions):
    headers = [h for h in TRANSACTIONS_EN if "tax" not in h and "shipping" not in h]
    event, findings = one(transactions({}, headers=headers))
    assert (event.amount, event.tax) == (26, 0)
    assert "no column of shipping or tax is known" in findings[0].problem


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"product sales": ""}, "no product sales"), ({"product sales": "n/a"}, "`n/a`"),
        ({"shipping credits": "-1.234"}, "`-1.234`"), ({"order id": ""}, "no order number"),
        ({"product sales tax": "=SUM(A1)"}, "`=SUM(A1)`"), ({"quantity": "x"}, "`x`"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_left_out(transactions, cells, said):
    report = read(transactions(cells, {}))
    assert [e.place for e in report.events] == ["t.csv line 8"]
    (finding,) = report.findings
    assert finding.place == "t.csv line 7"
    assert said in finding.problem


def test_a_refund_of_nothing_is_noted(transactions):
    nothing = dict.fromkeys(TRANSACTIONS_EN[14:], "0")
    report = read(transactions(nothing))
    assert not report.events
    assert "gives the buyer nothing" in report.findings[0].problem


def test_the_shop_of_a_row_that_names_none_is_the_files_or_the_asked(transactions):
    report = read(transactions({"marketplace": ""}, {"marketplace": "amazon.co.uk"}))
    assert [e.currency for e in report.events] == ["GBP", "GBP"]
    assert one(transactions({"marketplace": ""}), "SE")[0].currency == "SEK"
    report = read(transactions({"marketplace": ""}))
    assert not report.events
    assert "--marketplace" in report.findings[0].remedy


def test_a_quotation_mark_that_never_closes_costs_one_row(transactions):
    data = transactions({}, {}, {}).replace(b'"Kettle, 1.0 l"', b'"Kettle, 1.0 l', 1)
    report = read(data)
    assert len(report.events) == 2
    assert report.findings[0].place == "t.csv line 7"


def test_a_file_cut_within_a_row_gives_no_false_sum(transactions):
    data = transactions({}, {})
    report = read(data[: data.rindex(b'"-5.99"') + 3])
    assert [e.place for e in report.events] == ["t.csv line 7"]
    assert len(report.findings) == 1


def test_hostile_text_stays_text(transactions):
    event, _ = one(transactions({"sku": "=cmd|'/C calc'!A0", "order id": "302\x07-1\u2028"}))
    assert (event.sku, event.order_id) == ("=cmd|'/C calc'!A0", "302-1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.decimals(min_value=-9999, max_value=9999, places=2), min_size=4, max_size=4))
def test_a_comma_and_a_point_file_read_the_same(transactions, values):
    columns = ["product sales", "shipping credits", "promotional rebates", "product sales tax"]
    zero = dict.fromkeys(TRANSACTIONS_EN[14:], "0")
    points = zero | {c: f"{v:,.2f}" for c, v in zip(columns, values, strict=True)}
    swap = str.maketrans(",.", ".,")
    commas = {c: v.translate(swap) for c, v in points.items()}
    left, right = (read(transactions(row)).events for row in (points, commas))
    assert left == right
    total = sum((event.amount + event.tax for event in left), Decimal(0))
    assert total == -sum(values)
