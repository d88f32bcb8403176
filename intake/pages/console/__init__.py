"""Staff pages: sign in, queues, one lead."""
