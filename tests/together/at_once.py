"""Real threads that start together."""

import threading


def at_once(*calls):
    """Run the calls in threads; each one's result, or the exception it ended with."""
    gate = threading.Barrier(len(calls))
    results = [None] * len(calls)

    def run(number, call):
        gate.wait()
        try:
            results[number] = call()
        except Exception as broken:  # noqa: BLE001  # a refusal or a deadlock: the test looks at it
            results[number] = broken

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
