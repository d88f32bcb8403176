"""The ways a complaint comes in, in words."""

LABELS = {
    "web": "网页对话",
    "form": "网页表单",
    "api": "接口",
    "hotline12345": "12345 热线",
    "wechat": "微信",
}
