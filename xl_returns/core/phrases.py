"""Every sentence about a row, in English and 简体中文: the one home of what the desk says."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Final

import polars as pl

from xl_returns.core.texts import Told

_PHRASES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "why": ("{rule} {action}: {values}.", "{rule} {action}：{values}。"),
        "why any": ("{rule} {action}: no other rule fits.", "{rule} {action}：没有其他规则适用。"),
        "why gated": (
            "{rule} says {ruled} ({values}), but the row cannot have it: {action}.",
            "{rule} 建议{ruled}（{values}），但此行不适用：{action}。",
        ),
        "why no rule": ("{action}: no rule fits this row.", "{action}：没有规则适用于此行。"),
        "is": ("{name} {value}", "{name}为{value}"),
        "with part": ("{parts}{part}", "{parts}{part}"),
        "sum": ("{parts} = {total} {currency}.", "{parts} = {total} {currency}。"),
        "units": ("{units} x {unit}", "{units} x {unit}"),
        "shipping": (" + shipping {amount}", " + 运费 {amount}"),
        "withheld": (" - {share} withheld {amount} ({rule})", " - 扣留{share} {amount}（{rule}）"),
        "label": (" - return label {amount}", " - 退货标签 {amount}"),
        "refunded": (" - already refunded {amount}", " - 已退 {amount}"),
        "offer": (
            "Offer {share} of {net} = {amount} {currency}, at most {most}: above that a return is cheaper.",
            "报价 {net} 的{share} = {amount} {currency}，最高 {most}：超过则收回商品更划算。",
        ),
        "sell": (
            "{disposition} ({grade}, {rule}): {price} - fees {fees} = {recovery} {currency} each.",
            "{disposition}（{grade}，{rule}）：{price} - 费用 {fees} = 每件 {recovery} {currency}。",
        ),
        "claim without price": (
            "{action} has no price: fill Unit Cost, which is what a claim would bring",
            "{action}无法估价：请填写单位成本，即索赔可得金额",
        ),
        "changes below": ("The cheapest would be {action} if recovery were under {amount}", "若回收净额低于 {amount}，最省的是{action}"),
        "changes above": ("The cheapest would be {action} if recovery were over {amount}", "若回收净额高于 {amount}，最省的是{action}"),
        "sell later": (
            "{disposition} ({grade}, {rule}): {price} x {chance} sold x {weeks} weeks at -{loss} = {sale} - fees and storage {fees} = {recovery} {currency} each.",
            "{disposition}（{grade}，{rule}）：{price} x 售出概率{chance} x {weeks} 周每周 -{loss} = {sale} - 费用与仓储 {fees} = 每件 {recovery} {currency}。",
        ),
        "fill photos": (
            "Fill Photos: {disposition} ({rule}) needs them and would bring {amount} each",
            "请填写有照片：{disposition}（{rule}）需要照片，每件可收回 {amount}",
        ),
        "plan best": ("Its best way.", "最佳去向。"),
        "plan full": (
            "{disposition} ({rule}) would bring {amount} each, but takes only {cap} units, and others gain more by it.",
            "{disposition}（{rule}）每件可收回 {amount}，但只能接收 {cap} 件，其他商品由此获益更多。",
        ),
        "plan waits": (
            "{disposition} ({rule}) would bring {amount} each, but too few units bear its shipment of {cost}.",
            "{disposition}（{rule}）每件可收回 {amount}，但数量不足以分摊每批运费 {cost}。",
        ),
        "plan left": ("No way has room for it.", "没有去向可以接收。"),
        "fill": ("Fill {cells}", "请填写{cells}"),
        "fill for rule": ("{cells} could change this ({rule}: {action})", "填写{cells}可能改变结果（{rule}：{action}）"),
        "foreign": ("{rule} says {action}, but {controller} controls this refund", "{rule} 建议{action}，但此退款由{controller}控制"),
        "unlawful": (
            "{rule} says {action}, but the request is in policy or within the withdrawal period: declining breaks the rules",
            "{rule} 建议{action}，但申请在政策或撤回期内：拒绝违规",
        ),
        "forbidden": (
            "{rule} would keep {share}: not allowed here, paid in full",
            "{rule} 会扣留{share}：此处不允许，全额支付",
        ),
        "photo": ("With photos {amount} could be kept; without, nothing is", "有照片可扣留 {amount}；没有则不扣"),
        "forfeit": (
            "Refunding yourself gives up a SAFE-T claim worth up to {amount}",
            "自行退款将放弃最高 {amount} 的 SAFE-T 索赔",
        ),
        "auto refund": (
            "After {day} Amazon refunds by itself and SAFE-T is lost",
            "{day} 之后亚马逊会自动退款，且失去 SAFE-T 索赔",
        ),
        "auto refunded": (
            "Amazon may have refunded by itself after {day}: check before you pay",
            "{day} 之后亚马逊可能已自动退款：付款前请核实",
        ),
        "overdue": ("Overdue since {day}", "自 {day} 起已逾期"),
        "fill condition": (
            "Fill Condition: it decides what may be kept back and where the goods go",
            "请填写商品状况：它决定可扣留金额与商品去向",
        ),
        "negotiate": ("Talk to the buyer before closing", "关闭前请先与买家沟通"),
        "fill received": ("Fill {header}: it starts the refund clock", "请填写{header}：退款期限由此开始"),
        "label dear": ("The return label ({label}) costs more than the goods bring ({goods})", "退货标签（{label}）高于商品回收价值（{goods}）"),
        "marked": ("Marked refunded without an amount: check that money moved", "已标记退款但无金额：请核实是否已付款"),
        "overpaid": ("{amount} more than paid was refunded", "退款比实付多 {amount}"),
        "repeat": ("{count} open returns for this order and SKU: check that it is not the same unit", "该订单与 SKU 有 {count} 个未结退货：请确认不是同一件"),
        "unknown reason": ("Reason {code} is not in the Reasons sheet", "退货原因 {code} 不在 Reasons 表中"),
        "no tier": ("{currency} has no price tier: add it to the Tiers sheet", "{currency} 没有价格档：请在 Tiers 表中添加"),
        "vat": ("Enter {amount} without VAT; the buyer receives it with VAT", "请录入不含增值税的 {amount}；买家收到含税金额"),
        "a to z": ("Never refund beside an open A-to-z claim", "A-to-z 索赔未结时切勿另行退款"),
        "unreadable": ("{header} cannot be read: {problem}", "{header} 无法读取：{problem}"),
        "risk": ("Risk {score}: {signals}", "风险 {score}：{signals}"),
        "appeal by": ("{route} by {day}", "{route}，截止 {day}"),
        "missing": ("; missing: {evidence}", "；缺少：{evidence}"),
        "photos": ("photos", "照片"),
        "inspection": ("inspection", "验货"),
        "proof of delivery": ("proof of delivery", "送达证明"),
        "carrier's report": ("carrier's report", "承运商报告"),
        "order number": ("order number", "订单号"),
        "fix shipped": ("{own} of {of} shipped ({share}); {others}", "发货 {of} 件中 {own} 件（{share}）；{others}"),
        "fix returned": ("{own} of {of} returned ({share}); {others}", "退货 {of} 件中 {own} 件（{share}）；{others}"),
        "fix others": ("other goods {share}", "其他商品 {share}"),
        "fix alone": ("no other goods to compare with", "没有其他商品可比较"),
        "claim do": ("Claim {amount} {currency} from {supplier}", "向 {supplier} 索赔 {amount} {currency}"),
        "claim why": (
            "{defects} defects of {sold} sold, {rate}; usual {usual}; {loss} lost a unit",
            "售出 {sold} 件中 {defects} 件有缺陷，{rate}；通常 {usual}；每件损失 {loss}",
        ),
        "fee do": (
            "Mend the causes of this SKU: each unit above the threshold is charged",
            "解决该 SKU 的退货原因：超过阈值的每件都会收费",
        ),
        "fee why": (
            "{month}: {returned} of {shipped} FBA units back, {expected} expected; {free} are free; charged from {day}",
            "{month}：FBA 发货 {shipped} 件已退 {returned} 件，预计 {expected} 件；{free} 以内免费；{day} 起收费",
        ),
        "high do": ("See its causes on this sheet", "见本表中该 SKU 的原因"),
        "high why": (
            "{returned} of {shipped} shipped, {rate}; high is above {limit}",
            "发货 {shipped} 件退货 {returned} 件，{rate}；高于 {limit} 为偏高",
        ),
        "listing why": (
            "{blamed} of {returns} returns blame size, colour or description, {rate}; of other goods' returns {others}",
            "{returns} 次退货中 {blamed} 次归因于尺寸、颜色或描述，{rate}；其他商品为 {others}",
        ),
        "burst do": (
            "Look at batch, listing and parcels of these days; judge each return by its goods",
            "查看这几天的批次、页面与包裹；每次退货按商品实际情况处理",
        ),
        "burst why": (
            "{orders} orders from {first} to {last}, usual are {usual} (by chance {chance}){same}. Taken for abuse, such a flag is right in about {right} of cases{pays}",
            "{first} 至 {last} 共 {orders} 单，通常为 {usual}（偶然概率 {chance}）{same}。若视为滥用，此类提示约 {right} 正确{pays}",
        ),
        "burst same": ("; {count} say the same words", "；{count} 单留言相同"),
        "burst pays": ("; looking first pays from {share} on", "；滥用概率高于 {share} 时先核查才划算"),
        "one in": ("1 in {count}", "1/{count}"),
        "one in a billion": ("less than 1 in a billion", "小于十亿分之一"),
        "interval": ("{share} % ({low} to {high} %)", "{share} %（{low} 至 {high} %）"),
        "above sold": ("more returned than sold", "退货多于售出"),
        "even none": (
            "At no price do the goods bring what taking them back costs",
            "无论价格多高，商品所得都不抵收回的费用",
        ),
        "even no tier": (
            "Worth taking back from {price} on; the currency has no tier",
            "{price} 起值得收回；该币种没有价格档",
        ),
        "even below": (
            "Worth taking back from {price} on; your tier lets buyers keep them below {low}",
            "{price} 起值得收回；您的价格档在 {low} 以下让买家保留",
        ),
        "even above": (
            "Not worth taking back below {price}; your tier lets buyers keep them below {low} only",
            "低于 {price} 不值得收回；您的价格档仅在 {low} 以下让买家保留",
        ),
        "even same": ("Your tier is the break-even", "您的价格档正是盈亏平衡价"),
        "join": ("; ", "；"),
        "list": (", ", "、"),
    }
)  # fmt: skip

_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "No action": "无需操作", "Hold for review": "人工审核", "Approve return": "批准退货",
        "Close request": "关闭申请", "Refund, keep item": "退款并保留商品",
        "Offer partial refund": "提议部分退款", "Refund now": "立即退款",
        "Refund on receipt": "收货后退款", "Check reimbursement": "核查赔偿",
        "File claim": "提交索赔", "Request removal": "申请移除",
        "Controller": "退款控制方", "Settled": "已结清", "Reason Group": "原因类别", "Fault": "责任方",
        "State": "商品状态", "Received": "已收货", "Withdrawal": "撤回期内", "Tier": "价格档",
        "Price": "价格", "Risk": "风险", "Age": "申请天数",
        "low": "低", "middle": "中", "high": "高", "Seller": "卖家", "Buyer": "买家",
        "Carrier": "承运商", "Amazon": "亚马逊", "Unknown": "未知", "Intact": "完好", "Faulty": "有缺陷",
        "Used": "使用过", "Different": "不符", "Y": "是", "N": "否", "Requested": "已申请",
        "Approved": "已批准", "In transit": "运输中", "Closed": "已关闭", "Cancelled": "已取消",
        "Refunded": "已退款", "Sealed": "未拆封", "Opened": "已拆封", "Minor defect": "轻微瑕疵",
        "Damaged": "损坏", "Defective": "故障", "Incomplete": "缺件", "Different item": "非原商品",
        "Size": "尺寸", "Changed mind": "改变主意", "Not as described": "与描述不符",
        "Wrong item": "发错货", "Transit damage": "运输损坏", "Late delivery": "迟到",
        "Undelivered": "未送达", "Unauthorised": "未经授权", "Full refund": "全额退款",
        "Open to offer": "可协商", "Buyer keeps": "买家保留", "Awaiting goods": "等待收货",
        "Restock as new": "作为新品上架", "Resell used": "作为二手销售", "Bundle": "捆绑销售",
        "Discount special": "特价销售", "Third-party warehouse": "第三方仓库", "Ship home": "运回国内",
        "Liquidate": "批量清仓", "Donate": "捐赠", "Dispose": "销毁", "With Amazon": "在亚马逊",
        "New": "全新", "Like New": "近乎全新", "Very Good": "很好", "Good": "良好",
        "Acceptable": "可接受", "Unsellable": "不可售", "A-to-z appeal": "A-to-z 申诉",
        "FBA claim": "FBA 索赔", "Carrier claim": "承运商索赔", "SAFE-T": "SAFE-T",
        "Wear against reason": "磨损与原因不符", "No fault found": "未发现故障",
        "Late request": "申请较晚", "Near deadline": "临近期限", "Same order and SKU": "同订单同 SKU",
        "Bracketing": "多尺码购买", "Buyer in 7 days": "买家 7 天内", "Buyer in 90 days": "买家 90 天内",
        "Kept items": "退款留货次数", "Same words": "留言相同", "SKU burst": "SKU 集中退货",
        "Refunded above paid": "退款高于实付", "Refunded, not returned": "已退款未退货",
        "Fault confirmed": "故障属实", "Carrier or Amazon at fault": "承运商或亚马逊责任",
        "Too small": "偏小", "Too large": "偏大", "Size or fit": "尺码不合", "Not compatible": "不兼容",
        "Colour differs": "颜色不符", "Material or feel": "材质或手感", "Wrong item sent": "发错商品",
        "Missing parts": "缺少配件", "Stopped working": "用后损坏", "Does not work": "不能使用",
        "Poor quality": "质量差", "Damaged in transit": "运输破损", "Used or opened before": "被用过或拆过",
        "Expired or spoiled": "过期或变质", "Smell": "异味", "Leaks": "漏液",
        "Noise or bad sound": "噪音或音质差", "Unsafe or too hot": "不安全或过热", "Hard to use": "难以使用",
        "Uncomfortable": "不舒适", "Arrived late": "送达太晚", "Not delivered": "未送达",
        "Ordered by mistake": "误购", "Better price": "价格更低", "Style": "款式",
        "Not authorised": "未经授权", "Not told": "未说明", "Listing": "页面", "Product": "产品",
        "Parcel": "包裹", "Warehouse": "仓库", "Cause to fix": "待解决原因", "Supplier claim": "供应商索赔",
        "Return rate fee": "退货率费用", "High return rate": "退货率偏高", "Burst": "集中退货",
        "Defects": "缺陷", "sure": "确定", "too few to tell": "数据太少", "normal": "正常",
        "forecast": "预测", "pursue": "值得索赔", "not worth it": "不值得",
    }
)  # fmt: skip


def say(language: str, phrase: str, **values: object) -> str:
    """A phrase in a language, its blanks filled."""
    return _PHRASES[phrase][language == "zh"].format_map(values)


def say_all(language: str, phrase: str, columns: Mapping[str, Told]) -> Told:
    """A phrase for every row of columns of the same length, its blanks filled."""
    template = _PHRASES[phrase][language == "zh"]
    if any(isinstance(column, list) for column in columns.values()):
        rows = zip(*columns.values(), strict=True)
        return [template.format_map(dict(zip(columns, row, strict=True))) for row in rows]
    pieces = [
        piece
        for text, blank, _, _ in Formatter().parse(template)
        for piece in (pl.lit(text), *([pl.col(blank)] if blank else ()))
    ]
    return pl.DataFrame(dict(columns)).select(pl.concat_str(pieces)).to_series()


def word(language: str, text: str) -> str:
    """A declared word or header as it reads in a language."""
    return _WORDS.get(text, text) if language == "zh" else text
