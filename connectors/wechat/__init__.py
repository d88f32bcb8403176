"""The platform of WeChat Official Accounts (微信公众平台): callbacks in, messages and media through its API."""
