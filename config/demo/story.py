"""What was said and written at visits, calls and meetings, and what was sold."""

# Of each kind: (note, next step or ""). {n} is a number of pieces, {p} a product.
VISITS_ZH = [
    ("看了车间，主轴磨损比上次严重，答应下周给报价。", "发主轴报价"),
    ("和采购确认了季度用量，比去年多两成，希望月底前到货。", "确认交期"),
    ("对方反映上批钻头有三支崩刃，已拍照，带回技术部。", "技术部回复"),
    ("谈年度框架协议，价格基本同意，付款方式还要和财务商量。", "约财务面谈"),
    ("介绍了新的刀具管理服务，设备主管有兴趣，想先试一个月。", "准备试用方案"),
    ("例行拜访，近期订单平稳，没有新的需求。", ""),
    ("新换了采购负责人，约好下次正式介绍公司。", "带公司资料"),
    ("讨论仓库盘点，建议寄售两种常用规格。", "做寄售清单"),
    ("回款已安排，本月二十五日前付清。", "核对回款"),
    ("{p}想订{n}件，先要样品，说竞争对手便宜一成。", "寄样品"),
    ("新车间下半年投产，设备清单还没定，总经理让我们先提方案。", "提配置方案"),
    ("试切结果不错，寿命比原来长三成，设备主管愿意写评价。", "整理试切报告"),
    ("仓库里{p}只剩{n}件，建议设安全库存。", "发补货建议"),
    ("车间主任抱怨换刀时间长，看了现场，夹具可以改。", "画夹具草图"),
    ("陪客户看了我们的仓库，对发货速度比较满意。", ""),
    ("对账差一笔运费，已当面说清，补一张发票即可。", "补开发票"),
    ("质量部要求每批附检验报告，答应从下单起执行。", "通知物流附报告"),
    ("他们准备报技改项目，需要我们配合提供参数。", "发技术参数"),
    ("聊到明年预算，采购说会压缩供应商数量，我们在名单里。", "准备年度总结"),
    ("夜班用量上来了，{p}每月加{n}件。", "改月度计划"),
]
VISITS_EN = [
    ("Walked the line with the plant engineer; two fixtures need replacing before the audit.", "Send the fixture quote"),
    ("They like the trial tools, but want a price for {n} pieces.", "Price for {n} pieces"),
    ("Complaint about late delivery last month settled; they asked for one contact for logistics.", "Name a logistics contact"),
    ("Annual volume discussed: up 15 %. They will decide after the board meeting.", "Call after the board meeting"),
    ("Routine visit, nothing open.", ""),
    ("Introduced our service line; they prefer mail over phone.", "Set mail as channel"),
    ("Showed the vending cabinet. Finance wants a leasing offer.", "Leasing offer"),
    ("Test cut on {p}: tool life a third longer than theirs.", "Write up the test cut"),
    ("Stock of {p} is down to {n}; agreed on a minimum.", "Confirm the minimum stock"),
    ("New purchasing manager starts next month; met her briefly.", "Arrange an introduction"),
    ("Their auditor wants a certificate with each batch from now on.", "Tell logistics"),
    ("Second shift planned for spring, so more {p}.", "Forecast for spring"),
    ("Invoice query cleared up on the spot, one credit note to follow.", "Send the credit note"),
    ("Plant manager showed the new hall; machine list by the end of the quarter.", "Ask for the machine list"),
]  # fmt: skip
CALLS_ZH = [
    ("电话确认到货，数量无误。", ""),
    ("电话询问下月计划，对方周五回复。", "要下月计划"),
    ("提醒付款，对方已提交申请。", "核对回款"),
    ("{p}缺货，先发{n}件，其余下周补。", "补发余货"),
    ("回访试用情况，操作工反映良好。", ""),
    ("对方问能否提前三天交货，已和物流确认可以。", ""),
    ("通知价格调整，对方要求维持到年底。", "申请维持价格"),
    ("约下周见面，时间定在上午。", "上门拜访"),
]
CALLS_EN = [
    ("Confirmed arrival of the goods.", ""),
    ("Asked about next month's plan; answer by Friday.", "Get next month's plan"),
    ("Reminded of the invoice, approved on their side.", "Check the payment"),
    ("{p} short: {n} pieces now, the rest next week.", "Ship the rest"),
    ("Trial runs well, operators are happy.", ""),
    ("They asked for delivery three days earlier; logistics can do it.", ""),
    ("Announced the new price list; they want to keep the old one until year's end.", "Ask for the old prices"),
]  # fmt: skip
MESSAGES_ZH = [
    ("发了新的产品目录。", ""),
    ("把{p}的检验报告发过去了。", ""),
    ("节前问候，对方下周一开工。", ""),
    ("发了交期更新，对方还没回。", "追问交期确认"),
]
MESSAGES_EN = [
    ("Sent the new catalogue.", ""),
    ("Sent the certificates for {p}.", ""),
    ("Delivery update sent, no answer yet.", "Ask for their answer"),
]
MEETINGS_ZH = [
    ("线上会议，技术部一起看了图纸，公差需要放宽。", "回传图纸"),
    ("和采购、财务开会，确认付款改为六十天。", "走合同变更"),
    ("线上演示刀具管理系统，对方要求加中文报表。", "问报表时间"),
    ("季度回顾，交付准时，投诉一起已结案。", ""),
]
MEETINGS_EN = [
    ("Drawing review with their engineers; one tolerance has to be relaxed.", "Return the drawing"),
    ("Quarterly review: deliveries on time, one complaint closed.", ""),
    ("Showed the tool management portal; they want weekly reports.", "Date for the reports"),
    ("Terms call with purchasing and finance: 60 days from next order.", "Contract amendment"),
    ("Went through the forecast, {p} up by {n} a month.", "Update the forecast"),
]
NOTES = {
    ("visit", True): VISITS_ZH, ("visit", False): VISITS_EN,
    ("call", True): CALLS_ZH, ("call", False): CALLS_EN,
    ("message", True): MESSAGES_ZH, ("message", False): MESSAGES_EN,
    ("meeting", True): MEETINGS_ZH, ("meeting", False): MEETINGS_EN,
}  # fmt: skip
PRODUCTS = [  # (in Chinese, in English, price of one in yuan)
    ("硬质合金立铣刀 D10", "Carbide end mill D10", 186),
    ("麻花钻 D8.5", "Twist drill D8.5", 42),
    ("数控刀片 CNMG120408", "Turning insert CNMG120408", 38),
    ("丝锥 M12", "Machine tap M12", 95),
    ("液压夹头 HSK63", "Hydraulic chuck HSK63", 2_680),
    ("铣刀盘 D80", "Face mill D80", 1_940),
    ("深沟球轴承 6208", "Ball bearing 6208", 64),
    ("气动扳手", "Impact wrench", 1_150),
    ("精密平口钳", "Precision vice", 3_420),
    ("砂轮片 125", "Grinding disc 125", 9),
    ("切削液 20 升", "Coolant 20 l", 540),
    ("数显卡尺 150", "Digital caliper 150", 210),
    ("刀具管理柜", "Tool cabinet", 26_800),
    ("主轴单元", "Spindle unit", 48_500),
]
WHY = ["休假期间代看", "技术支持一起跟进", "合并到年度框架谈判"]
WHY_EN = ["Covers a holiday", "Joint offer with the other team", "Framework talks of the group"]
ALONG = [
    "一起看了现场，商定下季度的供货安排。",
    "和组长一起见了总经理，价格按框架走。",
    "陪同做了试切，双方签了记录。",
    "两人一起盘了寄售库存，数量一致。",
]
ALONG_EN = [
    "On site together; supply for next quarter agreed.",
    "Met the general manager together; prices as in the framework.",
    "Counted the consignment stock together, all there.",
]
