"""Own fixtures: reports built from Amazon's headers and invented rows."""

import csv
import io

import pytest

# ruff: noqa: SIM905

MFN_32 = (
    "Order ID|Order date|Return request date|Return request status|Amazon RMA ID|Merchant RMA ID|"
    "Label type|Label cost|Currency code|Return carrier|Tracking ID|Label to be paid by|"
    "A-to-Z Claim|Is prime|ASIN|Merchant SKU|Item Name|Return quantity|Return Reason|In policy|"
    "Return type|Resolution|Invoice number|Return delivery date|Order Amount|Order quantity|"
    "SafeT Action reason|SafeT claim id|SafeT claim state|SafeT claim creation time|"
    "SafeT claim reimbursement amount|Refunded Amount"
).split("|")
MFN_33 = [*MFN_32, "Order Item ID"]
FBA_13 = (
    "return-date|order-id|sku|asin|fnsku|product-name|quantity|fulfillment-center-id|"
    "detailed-disposition|reason|status|license-plate-number|customer-comments"
).split("|")
ORDERS = (
    "amazon-order-id|purchase-date|order-status|sales-channel|product-name|sku|asin|quantity|"
    "currency|item-price|item-tax|shipping-price|item-promotion-discount|ship-promotion-discount"
).split("|")

_MFN = {
    "Order ID": "115-2000001-3000001",
    "Order date": "05-Oct-2026",
    "Return request date": "20-Oct-2026",
    "Return request status": "PendingApproval",
    "Amazon RMA ID": "Dq1RRMA",
    "Merchant RMA ID": " ",
    "Label type": "AmazonUnPaidLabel",
    "Label cost": "0.00",
    "Currency code": "USD",
    "Label to be paid by": "Customer",
    "A-to-Z Claim": "N",
    "Is prime": "N",
    "ASIN": "B0OWNTEST1",
    "Merchant SKU": "KETTLE-1",
    "Item Name": "Kettle",
    "Return quantity": "1",
    "Return Reason": "CR-UNWANTED_ITEM",
    "In policy": "Y",
    "Return type": "C-Returns",
    "Resolution": "StandardRefund",
    "Order Amount": "60.00",
    "Order quantity": "2",
    "Order Item ID": "90210000000001",
}
_FBA = {
    "return-date": "2026-10-20T07:32:45+00:00",
    "order-id": "115-2000001-3000001",
    "sku": "KETTLE-1",
    "asin": "B0OWNTEST1",
    "fnsku": "X00OWN",
    "product-name": "Kettle",
    "quantity": "1",
    "fulfillment-center-id": "AAA1",
    "detailed-disposition": "SELLABLE",
    "reason": "UNWANTED_ITEM",
    "status": "Unit returned to inventory",
    "license-plate-number": "LPNOWN1",
    "customer-comments": "",
}
_ORDER = {
    "amazon-order-id": "115-2000001-3000001",
    "purchase-date": "2026-10-05T09:15:00Z",
    "order-status": "Shipped",
    "sales-channel": "Amazon.com",
    "product-name": "Kettle",
    "sku": "KETTLE-1",
    "asin": "B0OWNTEST1",
    "quantity": "2",
    "currency": "USD",
    "item-price": "60.00",
    "item-tax": "0.00",
    "shipping-price": "5.99",
    "item-promotion-discount": "4.00",
    "ship-promotion-discount": "0.00",
}

REIMBURSEMENTS_18 = (
    "approval-date|reimbursement-id|case-id|amazon-order-id|reason|sku|fnsku|asin|product-name|"
    "condition|currency-unit|amount-per-unit|amount-total|quantity-reimbursed-cash|"
    "quantity-reimbursed-inventory|quantity-reimbursed-total|original-reimbursement-id|"
    "original-reimbursement-type"
).split("|")
REMOVALS_16 = (
    "request-date|order-id|order-source|order-type|order-status|last-updated-date|sku|fnsku|"
    "disposition|requested-quantity|cancelled-quantity|disposed-quantity|shipped-quantity|"
    "in-process-quantity|removal-fee|currency"
).split("|")
SHIPMENTS_9 = (
    "removal-date|order-id|shipment-date|sku|fnsku|disposition|quantity shipped|carrier|"
    "tracking-number"
).split("|")
REPLACEMENTS_9 = (
    "shipment-date|sku|asin|fulfillment-center-id|original-fulfillment-center-id|quantity|"
    "replacement-reason-code|replacement-amazon-order-id|original-amazon-order-id"
).split("|")
SETTLEMENT_24 = (
    "settlement-id|settlement-start-date|settlement-end-date|deposit-date|total-amount|currency|"
    "transaction-type|order-id|merchant-order-id|adjustment-id|shipment-id|marketplace-name|"
    "amount-type|amount-description|amount|fulfillment-id|posted-date|posted-date-time|"
    "order-item-code|merchant-order-item-id|merchant-adjustment-item-id|sku|quantity-purchased|"
    "promotion-id"
).split("|")
SETTLEMENT_V1_36 = (
    "settlement-id|settlement-start-date|settlement-end-date|deposit-date|total-amount|currency|"
    "transaction-type|order-id|merchant-order-id|adjustment-id|shipment-id|marketplace-name|"
    "shipment-fee-type|shipment-fee-amount|order-fee-type|order-fee-amount|fulfillment-id|"
    "posted-date|order-item-code|merchant-order-item-id|merchant-adjustment-item-id|sku|"
    "quantity-purchased|price-type|price-amount|item-related-fee-type|item-related-fee-amount|"
    "misc-fee-amount|other-fee-amount|other-fee-reason-description|promotion-id|promotion-type|"
    "promotion-amount|direct-payment-type|direct-payment-amount|other-amount"
).split("|")
LEDGER_15 = (
    "Date|FNSKU|ASIN|MSKU|Title|Event Type|Reference ID|Quantity|Fulfillment Center|Disposition|"
    "Reason|Country|Reconciled Quantity|Unreconciled Quantity|Date and Time"
).split("|")
TRANSACTIONS_EN = (
    "date/time|settlement id|type|order id|sku|description|quantity|marketplace|account type|"
    "fulfillment|order city|order state|order postal|tax collection model|product sales|"
    "product sales tax|shipping credits|shipping credits tax|gift wrap credits|"
    "giftwrap credits tax|Regulatory Fee|Tax On Regulatory Fee|promotional rebates|"
    "promotional rebates tax|marketplace withheld tax|selling fees|fba fees|"
    "other transaction fees|other|total"
).split("|")


def table(headers, rows, delimiter="\t", end="\r\n"):
    lines = [delimiter.join(headers), *(delimiter.join(row) for row in rows)]
    return (end.join(lines) + end).encode()


_REIMBURSEMENT = {
    "approval-date": "2026-10-12T09:59:13+00:00",
    "reimbursement-id": "4400001",
    "amazon-order-id": "115-2000001-3000001",
    "reason": "CustomerReturn",
    "sku": "KETTLE-1",
    "condition": "NewItem",
    "currency-unit": "USD",
    "amount-per-unit": "12.50",
    "amount-total": "25.00",
    "quantity-reimbursed-cash": "2",
    "quantity-reimbursed-inventory": "0",
    "quantity-reimbursed-total": "2",
}
_REMOVAL = {
    "request-date": "2026-10-01T00:00:00+00:00",
    "order-id": "RM-77",
    "order-source": "Seller-initiated Manual Removal",
    "order-type": "Return",
    "order-status": "Completed",
    "sku": "KETTLE-1",
    "disposition": "Unsellable",
    "requested-quantity": "5",
    "cancelled-quantity": "1",
    "disposed-quantity": "0",
    "shipped-quantity": "4",
    "in-process-quantity": "0",
    "removal-fee": "2,40",
    "currency": "EUR",
}
_SHIPMENT = {
    "removal-date": "2026-10-01T00:00:00+00:00",
    "order-id": "RM-77",
    "shipment-date": "2026-10-05T00:00:00+00:00",
    "sku": "KETTLE-1",
    "disposition": "Unsellable",
    "quantity shipped": "4",
    "carrier": "UPS",
    "tracking-number": "1ZOWN",
}
_REPLACEMENT = {
    "shipment-date": "2026-10-08",
    "sku": "KETTLE-1",
    "asin": "B0OWNTEST1",
    "quantity": "1",
    "replacement-reason-code": "DEFECTIVE",
    "replacement-amazon-order-id": "115-9000009-9000009",
    "original-amazon-order-id": "115-2000001-3000001",
}
_SETTLEMENT = {
    "settlement-id": "26500000001",
    "transaction-type": "Refund",
    "order-id": "302-2000001-3000001",
    "adjustment-id": "ADJ1",
    "marketplace-name": "Amazon.de",
    "amount-type": "ItemPrice",
    "amount-description": "Principal",
    "amount": "-19,99",
    "fulfillment-id": "MFN",
    "posted-date": "05.10.2026",
    "posted-date-time": "05.10.2026 08:15:00 UTC",
    "order-item-code": "44000000000001",
    "sku": "KETTLE-1",
}
_LEDGER = {
    "Date": "10/03/2026",
    "MSKU": "KETTLE-1",
    "Title": "Kettle",
    "Event Type": "CustomerReturns",
    "Reference ID": "REF1",
    "Quantity": "1",
    "Fulfillment Center": "AAA1",
    "Disposition": "CUSTOMER_DAMAGED",
    "Country": "DE",
}
_TRANSACTION = {
    "date/time": "Oct 5, 2026 4:42:09 PM PDT",
    "settlement id": "26500000001",
    "type": "Refund",
    "order id": "115-2000001-3000001",
    "sku": "KETTLE-1",
    "description": "Kettle, 1.0 l",
    "quantity": "1",
    "marketplace": "amazon.com",
    "account type": "Standard Orders",
    "fulfillment": "Seller",
    "tax collection model": "MarketplaceFacilitator",
    "product sales": "-30.00",
    "product sales tax": "-2.40",
    "shipping credits": "-5.99",
    "shipping credits tax": "-0.48",
    "gift wrap credits": "0",
    "giftwrap credits tax": "0",
    "Regulatory Fee": "0",
    "Tax On Regulatory Fee": "0",
    "promotional rebates": "4.00",
    "promotional rebates tax": "0.32",
    "marketplace withheld tax": "2.56",
    "selling fees": "3.60",
    "fba fees": "0",
    "other transaction fees": "0",
    "other": "0",
    "total": "-28.39",
}


def quoted(headers, rows, before=()):
    """Bytes of a comma table with every field quoted, under lines that are no table."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [*before, headers, *rows]
    )
    return text.getvalue().encode()


def _builder(headers, usual):
    def build(*rows, headers=headers, **options):
        cells = [[{**usual, **row}.get(header, "") for header in headers] for row in rows]
        return table(headers, cells, **options)

    return build


@pytest.fixture
def mfn():
    """Bytes of a seller-fulfilled flat file; each argument changes cells of a usual row."""
    return _builder(MFN_33, _MFN)


@pytest.fixture
def fba():
    return _builder(FBA_13, _FBA)


@pytest.fixture
def orders():
    return _builder(ORDERS, _ORDER)


@pytest.fixture
def reimbursements():
    return _builder(REIMBURSEMENTS_18, _REIMBURSEMENT)


@pytest.fixture
def removals():
    return _builder(REMOVALS_16, _REMOVAL)


@pytest.fixture
def shipments():
    return _builder(SHIPMENTS_9, _SHIPMENT)


@pytest.fixture
def replacements():
    return _builder(REPLACEMENTS_9, _REPLACEMENT)


@pytest.fixture
def settlement():
    """Bytes of a settlement: the line of totals, then a usual refund line for each argument."""
    build = _builder(SETTLEMENT_24, _SETTLEMENT)
    empty = dict.fromkeys(SETTLEMENT_24, "")
    totals = {**empty, "settlement-id": "26500000001", "currency": "EUR"}

    def whole(*rows, totals=totals, **options):
        return build(*([totals] if totals else []), *rows, **options)

    return whole


@pytest.fixture
def ledger():
    """Bytes of a ledger as downloaded: commas, every field quoted."""

    def build(*rows):
        return quoted(
            LEDGER_15, [[{**_LEDGER, **row}.get(h, "") for h in LEDGER_15] for row in rows]
        )

    return build


@pytest.fixture
def transactions():
    """Bytes of a monthly transaction report as downloaded, under its preamble."""
    before = [
        ["Includes Amazon Marketplace transactions"],
        ["All amounts in USD, unless specified"],
        ["Definitions:"],
        ["Product sales: what buyers paid, refunds negative"],
        [],
    ]

    def build(*rows, headers=TRANSACTIONS_EN, before=before):
        cells = [[{**_TRANSACTION, **row}.get(header, "") for header in headers] for row in rows]
        return quoted(headers, cells, before)

    return build
