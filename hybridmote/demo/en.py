"""The demo meeting in English. All of it is made up: nobody said this, and nobody asked."""

from .words import Words

WORDS = Words(
    slug="environmental-strategists",
    title="Environmental strategists' network meeting",
    tagline="An evening and a day about what is hard at home and easier together",
    place="The main hall of Folkets hus, and over the web",
    municipality="{} Municipality",
    network="The network of environmental strategists",
    screen="The screen in the hall",
    lectern="The lectern",
    leads="group leader",
    titles={
        "environment": "Environmental strategist",
        "climate": "Climate strategist",
        "sustainability": "Sustainability strategist",
        "ecologist": "Municipal ecologist",
        "water": "Water strategist",
        "energy": "Energy strategist",
        "head": "Head of environment",
        "adviser": "Energy and climate adviser",
        "nature": "Nature conservation officer",
        "planner": "Strategic planner",
        "waste": "Waste strategist",
        "coordinator": "Sustainability coordinator",
        "adaptation": "Climate adaptation coordinator",
        "transport": "Transport planner",
        "chemicals": "Chemicals coordinator",
        "buyer": "Procurement officer",
        "organiser": "Coordinator",
        "moderator_one": "Moderator in the hall",
        "moderator_two": "Moderator for the web",
    },
    items={
        "evening": ("Welcome to the evening", "Who we are, what we will do tonight, and what tomorrow looks like."),
        "my_role": (
            "My role: three examples from everyday work",
            "Three municipalities on what the job is like: who decides, what there is room for, and what has to wait.",
        ),
        "my_role_alone": ("The only strategist in a small municipality", ""),
        "my_role_team": ("Eight colleagues, and still no time", ""),
        "my_role_shared": ("One post shared by three municipalities", ""),
        "buffet": ("Buffet and conversation", "For those of you in the hall. The web rests until tomorrow."),
        "registration": (
            "Registration and coffee",
            "Pick up your name badge in the foyer. If you join over the web, try whether picture and sound reach you.",
        ),
        "welcome": (
            "Welcome and presentations",
            "Everyone says their municipality and their hardest question right now, one sentence each. The web writes.",
        ),
        "budget": (
            "The carbon budget that the committee kept",
            "How a budget for emissions became part of the ordinary one, and what happened the first year it was broken.",
        ),
        "shade": (
            "Shade where the children are",
            "Four preschool yards, a heat map and a maintenance budget: what the trees cost, what they gave, and what we "
            "got wrong.",
        ),
        "coffee": ("Coffee", "We go on at the time that was promised."),
        "river": (
            "One river, two municipalities",
            "Two colleagues on planning for water that does not care about borders: maps, money and patience.",
        ),
        "river_discussion": ("Questions and discussion", ""),
        "buzz": (
            "Talk in groups",
            "What do you take home from the morning? Four and four where you sit, and in small rooms on the web.",
        ),
        "pitches": (
            "Five themes, a few minutes each",
            "The group leaders say what their group will talk about this afternoon. Then you choose.",
        ),
        "pitch_purchasing": ("Purchases that last", "Buy less, mend more, and write demands that can be followed up."),
        "pitch_adaptation": ("Old plans, new weather", "What do we do with plans that were drawn for another climate?"),
        "pitch_nature": ("More life on municipal land", "Upkeep that is good for bumblebees and for the budget."),
        "pitch_travel": ("Travel on duty", "From a policy in a binder to fewer kilometres by car."),
        "pitch_energy": ("Peak power in our own buildings", "When the peak costs more than what is used."),
        "lunch": ("Lunch", "We go on at the time that was promised."),
        "groups_one": ("Group discussions, first round", "Go to the theme you chose. The group leader writes."),
        "coffee_two": ("Coffee and change of groups", "We go on at the time that was promised."),
        "groups_two": (
            "Group discussions, second round",
            "A new theme for you. The group goes on where the last one stopped.",
        ),
        "summary": (
            "Summing-up with the group leaders",
            "Five groups, three minutes each: what matters, and what next.",
        ),
        "end": ("End of the day", "Thank you for today, and a safe journey home."),
    },
    questions={
        "role_mandate": "Who gives you your orders on paper, and who does in real life?",
        "role_shared": (
            "How do you share holidays and sick days when three municipalities have one post between them?"
        ),
        "welcome_list": "Will we get the list of everyone's hardest questions afterwards?",
        "budget_overrun": "What actually happened when the budget was broken? Did a department lose money?",
        "budget_consumption": (
            "Do you count only the emissions inside the municipality, or also those of what you buy? With us, "
            "building materials and food weigh the most, and they do not show at all in the statistics that exist"
            " by municipality."
        ),
        "budget_politics": "How did you bring the opposition along, so that the budget survives an election?",
        "budget_tool": "Which tool do you follow it up in, and how many hours a month does that take?",
        "budget_name": "Can you tell us which committee did worst?",
        "budget_growth": "How do you handle that the municipality grows? Is the ceiling per inhabitant or in total?",
        "budget_companies": "Are the municipal companies included?",
        "shade_species": "Which species came through the dry summer, and which would you not choose again?",
        "shade_maintenance": (
            "Who pays for the watering in years two to five? With us there is nearly always money to plant, but "
            "never to look after, and three summers later there are dead trees in the school yards that nobody "
            "wants to own. Did you solve it by contract, by a budget line of its own, or in some other way?"
        ),
        "shade_map": (
            "Was the heat map made by satellite or by measuring on site, and can it be trusted inside a single yard?"
        ),
        "shade_rent": "Did the internal rent of the preschools go up?",
        "shade_priority": (
            "How did you choose those four yards: by heat, by the number of children, or by who shouted loudest?"
        ),
        "shade_sails": "Are shade sails not cheaper for the first ten years?",
        "shade_allergy": "Have people complained about pollen and wasps, and what do you answer?",
        "shade_new_builds": "Do you demand shade already when a new preschool is being designed?",
        "shade_health": (
            "Do you measure anything about the children, such as how long they are outside, or only temperature?"
        ),
        "shade_roots": "How did you come to terms with those who own the pipes and cables in the ground?",
        "shade_sound": (
            "On the web it is hard to hear when somebody in the hall asks without a microphone. Can it be repeated?"
        ),
        "shade_small": (
            "We are a small municipality with no landscape architect and no machines of our own. Which part of "
            "this would you say can be done anyway, with a caretaker, a head teacher who cares, and perhaps two "
            "thousand euros?"
        ),
        "shade_permit": "Did you need a land permit anywhere?",
        "shade_checklist": "May we borrow your checklist?",
        "shade_data": "Is the map available as open data?",
        "shade_asphalt": "How much asphalt did you remove, and where did the parking spaces go?",
    },
    reasons={
        "budget_name": "It points at a single committee. You may rephrase it to be about what was learnt.",
        "shade_sound": "Thank you, the moderator repeats the questions from now on.",
    },
    texts={
        "lead": "An evening and a day about what is hard at home and easier together",
        "about": (
            "Most of us are alone with our task at home. Here we meet those who have the same one, and take home what "
            "already works somewhere else.\n\n"
            "- **The evening** begins with three voices about the role, and ends with a buffet.\n"
            "- **The day** has four talks with plenty of time for questions, and two rounds in groups where you choose "
            "the theme."
        ),
        "audience": (
            "You who work with environment and climate in a municipality or region, as strategist, coordinator or "
            "manager. You need not have been here before."
        ),
        "place": (
            "Folkets hus is six minutes' walk from the station. The entrance has no steps, the hall has a hearing loop, "
            "and there is a room to rest in.\n\nBicycles can stand in the yard."
        ),
        "web": (
            "You need nothing but a browser. Your personal link comes by e-mail. You see and hear what happens in the "
            "hall, and ask your questions in writing."
        ),
        "practical": (
            "The food is vegetarian. Say when you register if you need other food, or anything else to be able to take "
            "part.\n\nQuestions and answers can be read after the meeting."
        ),
        "contact_name": "The network's office",
        "contact_email": "office@example.org",
    },
    fees={
        "day": ("The day in the hall", "Lunch, coffee in the morning and in the afternoon"),
        "web": ("The day over the web", "All that happens in the hall, in picture and sound, and groups of your own"),
        "evening": ("The day and the evening in the hall", "Lunch, coffee and the buffet the evening before"),
    },
    places={
        "binding": (
            "Your registration is binding from the last day to register. The place can be handed over to somebody else "
            "at no cost, also on the day. Prices are without VAT."
        ),
        "challenge1": "Finding time for what is not urgent.",
        "challenge2": "There is a plan for cloudbursts, and nobody has it in their budget.",
        "challenge3": "Who owns a question that four departments share?",
        "challenge4": "Measuring what matters, and not only what can be measured.",
        "challenge5": "The trees that give shade in thirty years must be planted this year.",
        "diet1": "Vegan",
        "diet2": "No nuts",
        "diet3": "Without gluten",
        "access1": "A seat near the hearing loop",
        "access2": "Comes in a wheelchair",
    },
)
