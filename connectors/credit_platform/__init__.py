"""信用信息共享平台: penalties and licences made public (双公示), and applications for credit repair."""
