"""What `streamlit run` starts: it imports this file for the server, and runs it for whoever opens the Playground."""

import streamlit as st

if __name__ == "__main__":
    from ui.parts import playground

    playground.show()
else:
    from ui.parts import opening

    app = st.App(__file__, lifespan=opening.lifespan, middleware=opening.MIDDLEWARE)
