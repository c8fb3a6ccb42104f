# The app in a container; a Hugging Face Docker Space is one. What is copied: .dockerignore.
# Elsewhere: docker build -t denoising-lab .
#   docker run -p 7860:7860 -e STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=true denoising-lab
FROM python:3.11-slim

# Spaces run as user 1000.
RUN useradd --create-home --uid 1000 user
USER user
ENV HOME=/home/user
ENV PATH=$HOME/.local/bin:$PATH
WORKDIR $HOME/app

COPY --chown=user requirements-serve.txt constraints.txt ./
RUN pip install --user --no-cache-dir --no-compile --no-warn-script-location -r requirements-serve.txt

COPY --chown=user . .

# A Space is a frame in a page of another site, where browsers hold back the cookie that this protection goes by: every
# upload would be refused. There is no login, so nothing that it could protect. Elsewhere, switch it on.
ENV STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION=false
ENV STREAMLIT_SERVER_ADDRESS=0.0.0.0
ENV STREAMLIT_SERVER_PORT=7860

# Fails here what would fail on stage, and leaves compiled what the app uses: a quarter of what pip would compile.
RUN python -m deploy.rehearse

EXPOSE 7860
HEALTHCHECK --start-period=60s --timeout=5s \
    CMD python -c "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/_stcore/health', timeout=4)"
CMD ["streamlit", "run", "app.py"]
