"""What a view would show in a state."""


def frame_of(view, **state):
    return view.frame(**view.state(**state))
