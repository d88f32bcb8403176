"""部门行政执法办案系统: the case file behind a document number, on formal request."""
