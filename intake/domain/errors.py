"""What the house refuses, and why.

XiansuoError
├── NotFound            no such thing, or not for you: never told apart        404
├── WrongStep           the step is not allowed in this stage                  409
├── KeyReused           an idempotency key came back with another body         409
├── Withdrawn           the complaint was taken back by its author             410
├── Stale               somebody else changed the lead first                   412
├── Malformed           a field cannot be accepted; `fields` names each        422
├── UnsupportedMedia    a file of a kind that is not accepted                  415
├── FileTooLarge        a file beyond its limit                                413
├── TooManyFiles        a case has as many files as it may have                409
├── NotSignedIn         no valid session or token                              401
├── Forbidden           signed in, but not for this                            403
│   └── DutyFirst       first: change the password, set up or give a one-time code
├── TooMany             slow down; nothing stored was lost                     429
└── StoreUnavailable    the database cannot write now (full, locked, gone)     503

`code` is the stable name for programs, `detail` the Chinese words for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that cannot be accepted: dotted path, stable code, Chinese words."""

    field: str
    code: str
    detail: str


class XiansuoError(Exception):
    code = "error"
    detail = "系统暂时无法处理，请稍后再试。"

    def __init__(self, detail: str | None = None, *, code: str | None = None) -> None:
        super().__init__(detail or self.detail)
        if detail:
            self.detail = detail
        if code:
            self.code = code


class NotFound(XiansuoError):
    code = "not_found"
    detail = "没有找到。请核对后再试。"


class WrongStep(XiansuoError):
    """legal: the step names that are allowed now."""

    code = "wrong_step"

    def __init__(self, detail: str, *, legal: Sequence[str]) -> None:
        super().__init__(detail)
        self.legal = tuple(legal)


class KeyReused(XiansuoError):
    code = "idempotency_key_reused"
    detail = "这个幂等键已用于另一份内容。请为新的投诉换一个幂等键。"


class Withdrawn(XiansuoError):
    code = "withdrawn"
    detail = "这件投诉已由您撤回，不能再操作。"


class Stale(XiansuoError):
    code = "stale"
    detail = "这条线索刚被其他人更新过，请刷新后再操作。"


class Malformed(XiansuoError):
    code = "malformed"
    detail = "提交的内容有误，请按提示修改。"

    def __init__(self, *fields: FieldProblem) -> None:
        super().__init__("；".join(f.detail for f in fields) or None)
        self.fields = fields


class UnsupportedMedia(XiansuoError):
    code = "unsupported_type"
    detail = "这种文件不能上传。"


class FileTooLarge(XiansuoError):
    code = "file_too_large"
    detail = "文件太大。"


class TooManyFiles(XiansuoError):
    code = "too_many_files"
    detail = "附件太多。"


class NotSignedIn(XiansuoError):
    code = "not_signed_in"
    detail = "请先登录。"


class Forbidden(XiansuoError):
    code = "forbidden"
    detail = "您没有进行这项操作的权限。"


class DutyFirst(Forbidden):
    """code: password_change_required | otp_enrolment_required | otp_required | otp_again"""

    code = "otp_required"
    detail = "请先输入动态验证码。"


class TooMany(XiansuoError):
    """retry_after_s: whole seconds to wait."""

    code = "too_many"
    detail = "操作太频繁，请稍后再试。"

    def __init__(self, retry_after_s: int, detail: str | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class StoreUnavailable(XiansuoError):
    code = "store_unavailable"
    detail = "系统暂时无法保存，您的内容还没有提交成功。请稍后再试，或直接拨打 12345 热线。"
