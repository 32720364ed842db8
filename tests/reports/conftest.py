"""Own fixtures: reports built from Amazon's headers and invented rows."""

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


def table(headers, rows, delimiter="\t", end="\r\n"):
    lines = [delimiter.join(headers), *(delimiter.join(row) for row in rows)]
    return (end.join(lines) + end).encode()


def _builder(headers, usual):
    def build(*rows, headers=headers, **options):
        cells = [[{**usual, **row}.get(header, "") for header in headers] for row in rows]
        return table(headers, cells, **options)

    return build


@pytest.fixture
def mfn():
    """Bytes of a seller-fulfilled flat file; each argument changes cells of a usual row."""
    return _builder(MFN_32, _MFN)


@pytest.fixture
def fba():
    return _builder(FBA_13, _FBA)


@pytest.fixture
def orders():
    return _builder(ORDERS, _ORDER)
