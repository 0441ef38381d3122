# The wheel, with the page bundled in it (npm comes from PyPI, as the image has none).
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

# The service: the wheel and what it depends on, and no right to write anywhere.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir /wheels/*.whl
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('UNROLLED_PORT', 8000)}/healthz\", timeout=4)"]
CMD ["unrolled", "--host", "0.0.0.0"]
