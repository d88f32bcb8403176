"""The ways a complaint comes in, in words."""

LABELS = {
    "web": "网页对话",
    "form": "网页表单",
    "api": "接口",
    "hotline12345": "12345 热线",
    "wechat": "微信",
    "phone": "电话",
    "letter": "来信",
    "visit": "来访",
    "moj_platform": "司法部批评建议平台",
}
