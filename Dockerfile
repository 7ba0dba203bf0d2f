# The product as one image: web, worker, beat and the one-shot steps differ by command only.
FROM python:3.11-slim AS build
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /venv/bin/python -m kit.messages

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod HOLDFAST_DATA=/data
RUN useradd --system --uid 10001 --no-create-home holdfast && install -d -o holdfast /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER holdfast
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "python:config.gunicorn", "--bind", "0.0.0.0:8000"]
