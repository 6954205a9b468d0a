// pipeline: where the stages meet.
#pragma once
