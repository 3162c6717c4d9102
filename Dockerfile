FROM python:3.13-slim AS base

# The dependencies and the model, by the hashes of the lock file. pip stays outside the environment.
FROM base AS dependencies
WORKDIR /source
RUN python -m venv --without-pip /opt/newswire
COPY requirements.lock ./
RUN pip --python /opt/newswire/bin/python install --no-cache-dir \
    --only-binary :all: --require-hashes --requirement requirements.lock

FROM base AS wheel
WORKDIR /source
RUN python -m venv --without-pip /opt/build
COPY requirements-build.lock ./
RUN pip --python /opt/build/bin/python install --no-cache-dir \
    --only-binary :all: --require-hashes --requirement requirements-build.lock
COPY LICENSE NOTICE README.md pyproject.toml ./
COPY schemas schemas
COPY pipeline pipeline
RUN pip --python /opt/build/bin/python wheel --no-deps --no-build-isolation --wheel-dir /wheel .

FROM base
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin newswire
COPY --from=dependencies /opt/newswire /opt/newswire
# Apart from its dependencies, so that a change of the code is a small layer. There is one version.
# hadolint ignore=DL3013
RUN --mount=type=bind,from=wheel,source=/wheel,target=/wheel \
    pip --python /opt/newswire/bin/python install --no-cache-dir \
    --no-deps --no-index --find-links /wheel newswire
COPY --chmod=444 pipeline/demo/bno-news-asildarov.txt /articles/
ENV PATH=/opt/newswire/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# Files to feed are named from here: mount your own over it.
WORKDIR /articles
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
ENTRYPOINT ["newswire"]
