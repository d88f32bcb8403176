# The bot: Rasa 3.6.21 on CPython 3.10, listening on loopback only (it shares web's network in docker/compose.yml).
# Build from the project's root: docker build -f docker/bot.Dockerfile .
ARG PYTHON=python:3.10-slim-bookworm

FROM ${PYTHON} AS build
ENV PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY .ci/uv-requirements.txt .ci/uv-requirements.txt
RUN python -m pip install --no-cache-dir --require-hashes -r .ci/uv-requirements.txt
COPY bot/requirements.lock bot/
RUN cd bot && uv venv .venv && uv pip sync --python .venv/bin/python --require-hashes requirements.lock
COPY bot bot
COPY nlu_data/intents nlu_data/intents
# The archive's name is a hash of what it was trained on; the link gives it one name to start with.
RUN cd bot && .venv/bin/python -W ignore -m train && cd models && ln -s bot-*.tar.gz current.tar.gz

FROM ${PYTHON}
ENV PATH=/app/bot/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    BOT_TRACKER_DB=/app/var/bot.db
RUN useradd --uid 10002 --user-group --no-create-home --shell /usr/sbin/nologin bot \
    && install -d -o bot -g bot -m 0750 /app/var
COPY --from=build /app/bot /app/bot
WORKDIR /app/bot
VOLUME /app/var
USER bot
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:5005/status?token=' + os.environ['BOT_TOKEN'], timeout=4)"]
CMD ["python", "-W", "ignore", "-m", "server", "--model", "models/current.tar.gz", "--port", "5005"]
