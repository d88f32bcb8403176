# web, worker and the local hotline counterpart: one image, three commands (docker/compose.yml).
# Build from the project's root: docker build -f docker/web.Dockerfile .
ARG PYTHON=python:3.12-slim-bookworm

FROM ${PYTHON} AS build
ENV PYTHONDONTWRITEBYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY .ci/uv-requirements.txt .ci/uv-requirements.txt
RUN python -m pip install --no-cache-dir --require-hashes -r .ci/uv-requirements.txt
COPY requirements.lock ./
RUN uv venv .venv && uv pip sync --python .venv/bin/python --require-hashes requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY intake intake
COPY connectors connectors
COPY nlu_data nlu_data
# setuptools is locked with the rest: no unpinned build tool is fetched.
RUN uv pip install --python .venv/bin/python --no-deps --no-build-isolation -e .
RUN XIANSUO_MODEL_DIR=/app/models .venv/bin/xiansuo train

FROM ${PYTHON}
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XIANSUO_HOST=0.0.0.0 \
    XIANSUO_PORT=8000 \
    XIANSUO_VAR_DIR=/app/var \
    XIANSUO_MODEL_DIR=/app/models
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin xiansuo \
    && install -d -o xiansuo -g xiansuo -m 0750 /app/var
COPY --from=build /app /app
WORKDIR /app
VOLUME /app/var
USER xiansuo
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["xiansuo", "web"]
