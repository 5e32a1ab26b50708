"""`make doctor`: looks at a running hub, and says what is wrong and how to fix it. It changes nothing.

Observation is apart from judgement: `observe.py` and `site.py` read the facts once (`facts.py`), and the checks are
functions from facts to findings (`checks/`).
"""
